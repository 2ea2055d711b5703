using System.Collections.Immutable;

namespace Stackmeta.Admin;

/// <summary>All routes of an admin socket, and which of them a request means.</summary>
sealed class AdminRoutes
{
    readonly ImmutableArray<(AdminRoute Route, ImmutableArray<string> Parts)> _routes;

    public AdminRoutes(IEnumerable<AdminRoute> routes) =>
        _routes = [.. routes.Select(route => (route, Parts(route.Template)))];

    public IEnumerable<AdminRoute> All => _routes.Select(static route => route.Route);

    /// <summary>The route of a method and a path, with the values in it.</summary>
    /// <param name="method">As the caller wrote it.</param>
    /// <param name="path">Without query, percent-encoded.</param>
    /// <param name="allowed">When none fits: the methods that the path has; empty when there is no such path.</param>
    public (AdminRoute Route, ImmutableArray<string> Values)? Find(
        string method,
        string path,
        out ImmutableArray<string> allowed
    )
    {
        var asked = method == "HEAD" ? "GET" : method;
        var parts = Parts(path);
        var fitting = _routes.Where(route => Fits(route.Parts, parts)).ToList();
        allowed = [.. fitting.Select(static route => route.Route.Method)];
        var found = fitting.FirstOrDefault(route => route.Route.Method == asked);
        return found.Route is null ? null : (found.Route, Values(found.Parts, parts));
    }

    static ImmutableArray<string> Parts(string path) => [.. path.Split('/')];

    static bool Fits(ImmutableArray<string> template, ImmutableArray<string> path) =>
        template.Length == path.Length
        && template
            .Zip(path)
            .All(static pair => IsValue(pair.First) ? pair.Second.Length > 0 : pair.First == pair.Second);

    static ImmutableArray<string> Values(ImmutableArray<string> template, ImmutableArray<string> path) =>
        [
            .. template
                .Zip(path)
                .Where(static pair => IsValue(pair.First))
                .Select(static pair => Uri.UnescapeDataString(pair.Second)),
        ];

    static bool IsValue(string part) => part.StartsWith('{');
}
