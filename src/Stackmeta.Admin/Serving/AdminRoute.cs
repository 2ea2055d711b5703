using Microsoft.AspNetCore.Http;

namespace Stackmeta.Admin;

/// <summary>
/// One thing that can be asked on the admin socket. Dispatch, the OpenAPI document and the list at <c>/</c> derive from it.
/// </summary>
/// <param name="Method">GET also answers HEAD.</param>
/// <param name="Template">The path; a part in braces takes any text, for example <c>/inventory/networks/{id}</c>.</param>
/// <param name="Summary">What it does, in a sentence.</param>
/// <param name="Answer">Answers it. What it throws becomes a 500.</param>
public sealed record AdminRoute(string Method, string Template, string Summary, Func<AdminRequest, Task> Answer)
{
    /// <summary>The parameters of the query that it knows.</summary>
    public IReadOnlyList<AdminParameter> Query { get; init; } = [];

    /// <summary>What it may answer.</summary>
    public required IReadOnlyList<AdminResponse> Responses { get; init; }

    /// <summary>The name of the schema of the JSON that is sent; null when none is.</summary>
    public string? Body { get; init; }
}

/// <summary>A parameter of a query.</summary>
public sealed record AdminParameter(string Name, string Description);

/// <summary>An answer that a route may give.</summary>
/// <param name="ContentType">Null when it has no body.</param>
/// <param name="Schema">The name of its JSON's schema; null for other content.</param>
public sealed record AdminResponse(int Status, string Description, string? ContentType = null, string? Schema = null);

/// <summary>A request on the admin socket, with what its path says.</summary>
/// <param name="Http">The request itself.</param>
/// <param name="Values">The parts of the path that the template has in braces, decoded, in order.</param>
public readonly record struct AdminRequest(HttpContext Http, IReadOnlyList<string> Values)
{
    public CancellationToken Aborted => Http.RequestAborted;

    /// <summary>A parameter of the query; null when it is not there or empty.</summary>
    public string? Query(string name) => Http.Request.Query[name].ToString() is { Length: > 0 } text ? text : null;
}
