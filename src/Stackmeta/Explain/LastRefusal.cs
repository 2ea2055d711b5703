using System.Globalization;
using Stackmeta.Admin;

namespace Stackmeta;

/// <summary>What the running hops remember of the guest's last refusal (<c>stackmeta refusals</c>).</summary>
static class LastRefusal
{
    /// <summary>One line; null when nothing is remembered, or nobody could be asked in time.</summary>
    public static async Task<string?> FindAsync(
        SettingValues settings,
        PathSubject subject,
        Deadline deadline,
        CancellationToken cancellationToken
    )
    {
        if (subject.Address is not { } address)
        {
            return null;
        }
        try
        {
            var found = await FindAsync(settings, subject.Scope.Id, address.ToString(), cancellationToken)
                .WaitAsync(deadline.Aside, cancellationToken);
            return found is null ? null : Line(found);
        }
        catch (Exception e) when (e is CommandException or TimeoutException)
        {
            return null;
        }
    }

    static async Task<TracedRequest?> FindAsync(
        SettingValues settings,
        string scope,
        string address,
        CancellationToken cancellationToken
    )
    {
        var requests = new List<TracedRequest>();
        foreach (var client in await AdminClient.FindAsync(settings, notes: null, cancellationToken))
        {
            using (client)
            {
                var answer = await client.GetJsonAsync("/refusals", cancellationToken);
                requests.AddRange(
                    answer
                        .GetProperty("refusals")
                        .EnumerateArray()
                        .Where(static entry => !RefusalsCommand.IsUsual(entry))
                        .Select(TracedRequest.Of)
                        // What another's API behind does not have may be as usual.
                        .Where(static request => request.Refusal is not null || request.Status != 404)
                );
            }
        }
        return requests
            .Where(request => request.Address == address && request.ScopeId == scope)
            .MaxBy(static request => request.Time);
    }

    static string Line(TracedRequest request) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"Last refused {request.Time.ToLocalTime():MM-dd HH:mm:ss}: {request.ShownStatus} {request.Reason}, {request.Target}"
        );
}
