using Microsoft.Extensions.Logging;
using Stackmeta.Core.Lookups;

namespace Stackmeta.Edge;

/// <summary>Brings the machine's bridges, namespaces and addresses to what a plan says.</summary>
static class LinkProvisioner
{
    /// <summary>RFC 4862 §5.4: one probe and one second; IPv6's own delays come on top.</summary>
    static readonly TimeSpan DetectionPatience = TimeSpan.FromSeconds(5);
    static readonly TimeSpan DetectionPoll = TimeSpan.FromMilliseconds(100);

    /// <summary>Whether the kernel does IPv6 (spec/neutron-metadata.md §1.1).</summary>
    public static bool HostHasIpv6()
    {
        const string Setting = "/proc/sys/net/ipv6/conf/default/disable_ipv6";
        return FileLookup.Exists(Setting) && File.ReadAllText(Setting).Trim() == "0";
    }

    /// <summary>Makes what is missing and corrects what differs.</summary>
    /// <param name="state">What is there now.</param>
    /// <param name="making">A file that exists while something without a mark is ours.</param>
    public static async Task ApplyAsync(
        LinkPlan plan,
        LinkState state,
        string making,
        ILogger logger,
        CancellationToken cancellationToken
    )
    {
        if (LinkChanges.FindForeign(plan, state, FileLookup.Exists(making)) is { } foreign)
        {
            throw new EdgeException(foreign);
        }
        await RunMarkedAsync([.. LinkChanges.Of(plan, state)], making, logger, cancellationToken);
    }

    /// <summary>Runs commands that make things and mark them as ours.</summary>
    public static async Task RunMarkedAsync(
        IReadOnlyList<Command> commands,
        string making,
        ILogger logger,
        CancellationToken cancellationToken
    )
    {
        if (commands.Count == 0)
        {
            return;
        }
        Directory.CreateDirectory(Path.GetDirectoryName(making)!);
        await File.WriteAllTextAsync(making, "", cancellationToken);
        await RunAsync(commands, logger, cancellationToken);
        File.Delete(making);
    }

    /// <summary>
    /// Waits until the kernel has made sure that nobody else has the IPv6 metadata address. If somebody has, as another
    /// DHCP namespace of the same network would, the address is taken off again (LP#1953165).
    /// </summary>
    /// <returns>Whether the address may be used.</returns>
    public static async Task<bool> SettleIpv6Async(
        LinkPlan plan,
        TimeProvider time,
        ILogger logger,
        CancellationToken cancellationToken
    )
    {
        var address = $"{MetadataAddress.Ipv6}/128";
        if (!plan.Addresses.Contains(address))
        {
            return false;
        }
        var since = time.GetTimestamp();
        while (true)
        {
            var links = LinkInfo.Parse(
                await Command.Ip(plan.Namespace, "-json", "addr", "show", "dev", plan.Tap).RunAsync(cancellationToken)
            );
            var found = links.SelectMany(link => link.Addresses).FirstOrDefault(found => found.Cidr == address);
            if (found is { IsDuplicate: false, IsTentative: false })
            {
                return true;
            }
            if (found is null or { IsDuplicate: true } || time.GetElapsedTime(since) > DetectionPatience)
            {
                if (found is not null)
                {
                    await RunAsync(
                        [Command.Ip(plan.Namespace, "addr", "delete", address, "dev", plan.Tap)],
                        logger,
                        cancellationToken
                    );
                }
                return false;
            }
            await Task.Delay(DetectionPoll, time, cancellationToken);
        }
    }

    /// <summary>
    /// Waits until the kernel has made sure that link-local addresses are the only ones on their links: before that nothing
    /// can be sent from them. One that is not settled in time is not waited for.
    /// </summary>
    public static async Task SettleLinkLocalAsync(
        string @namespace,
        IReadOnlySet<string> devices,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var since = time.GetTimestamp();
        while (time.GetElapsedTime(since) <= DetectionPatience)
        {
            var links = LinkInfo.Parse(
                await Command.Ip(@namespace, "-6", "-json", "addr", "show").RunAsync(cancellationToken)
            );
            var settled = links.Count(link =>
                devices.Contains(link.Name)
                && link.Addresses.Any(address => address is { IsKernelsOwn: true, IsTentative: false })
            );
            if (settled == devices.Count)
            {
                return;
            }
            await Task.Delay(DetectionPoll, time, cancellationToken);
        }
    }

    /// <summary>Removes what is ours of the plan.</summary>
    public static async Task RemoveAsync(
        LinkPlan plan,
        string making,
        ILogger logger,
        CancellationToken cancellationToken
    )
    {
        var state = await LinkState.ReadAsync(plan, cancellationToken);
        await RunAsync(LinkChanges.Removal(plan, state, FileLookup.Exists(making)), logger, cancellationToken);
    }

    /// <summary>Runs commands one after the other.</summary>
    public static async Task RunAsync(
        IEnumerable<Command> commands,
        ILogger logger,
        CancellationToken cancellationToken
    )
    {
        foreach (var command in commands)
        {
            Log.Runs(logger, command.ToString());
            try
            {
                await command.RunAsync(cancellationToken);
            }
            catch (EdgeException) when (DeletesWhatIsGone(command))
            {
                // The kernel was taking it down meanwhile, with the namespace of its other end.
            }
        }
    }

    static bool DeletesWhatIsGone(Command command) =>
        command.Arguments is ["link", "delete", "dev", var name] && !HostLink.Exists(name);
}
