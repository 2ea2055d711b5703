using Stackmeta.Admin;

namespace Stackmeta;

/// <summary>What keeps a process from answering guests, in one line.</summary>
static class Unreadiness
{
    /// <summary>The first thing that is not well; null when all is.</summary>
    public static async Task<string?> FindAsync(Health health, CancellationToken cancellationToken)
    {
        var findings = await health.LookAsync().WaitAsync(cancellationToken);
        return findings
            .Where(static finding => !finding.IsWell)
            .Select(static finding => $"{finding.Name}: {finding.Reason}")
            .FirstOrDefault();
    }
}
