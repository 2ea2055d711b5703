using System.Net;
using Stackmeta.Core.Lookups;
using Stackmeta.Edge;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>
/// Explains the path of one guest on this host: finds whose it is, looks at every link, judges. It changes nothing; what it sends are
/// questions that the guest could ask.
/// </summary>
/// <param name="settings">Where the hops are.</param>
/// <param name="open">Opens the inventory.</param>
sealed class GuestExplainer(SettingValues settings, Func<OpenInventory> open)
{
    /// <summary>
    /// How long one question along the path may take. Questions follow each other at most twice (<see cref="Deadline"/>), so that all is
    /// said within a second on a host that has time.
    /// </summary>
    public static readonly TimeSpan UsualPatience = TimeSpan.FromMilliseconds(400);

    /// <summary>How long one question may take here.</summary>
    public TimeSpan Patience { get; init; } = UsualPatience;

    /// <summary>The cloud that agent and API of this host ask, where OpenStack's files were named; null for the inventory.</summary>
    public ExplainedCloud? Cloud { get; init; }

    /// <summary>Explains by the inventory that the settings name.</summary>
    public static GuestExplainer Of(SettingValues settings) =>
        new(settings, () => OpenInventory.Of(InventoryPlace.Of(settings).OpenExisting(TimeProvider.System)));

    /// <summary>
    /// Whether nothing is to be known of the guest but where it is: where Neutron is, there need be no inventory of ours, and the host is
    /// looked at all the same.
    /// </summary>
    public static bool IsStranger(SettingValues settings, DataFolder folder, string asked, string? network) =>
        !InventoryPlace.Of(settings, folder).MayExist
        && IPAddress.TryParse(asked, out _)
        && Guid.TryParse(network, out _);

    /// <summary>Walks the path of a guest's request.</summary>
    /// <param name="asked">An address, or the id or name of an instance or port.</param>
    /// <param name="network">The id or name of the network that is meant; null for any.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CommandException">It needs root; or nothing or too much is called so.</exception>
    /// <exception cref="InventoryException">The inventory cannot be read.</exception>
    /// <exception cref="EdgeException">This host may not be looked at.</exception>
    /// <exception cref="SettingsException">The settings name an inventory that cannot be used.</exception>
    public async Task<Explanation> ExplainAsync(
        string asked,
        string? network,
        CancellationToken cancellationToken = default
    )
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new CommandException("Looking into networks needs root: run it with sudo.");
        }
        var folder = DataFolder.Of(settings);
        var deadline = new Deadline(Patience, TimeProvider.System);
        if (Cloud is { } cloud)
        {
            var found = await StrangerFinder.FindAsync(cloud.Ports, asked, network, deadline, cancellationToken);
            return await LookAsync(found, folder, cloud.Places, cloud.Questions, deadline, cancellationToken);
        }
        var places = HopPlaces.Of(settings, folder);
        if (IsStranger(settings, folder, asked, network))
        {
            var stranger = await StrangerFinder.FindAsync(null, asked, network, deadline, cancellationToken);
            return await LookAsync(stranger, folder, places, questions: null, deadline, cancellationToken);
        }
        using var opened = open();
        var subject = await SubjectFinder.FindAsync(opened.Inventory, asked, network, cancellationToken);
        if (
            settings.Get(KnownSettings.Host) is { Length: > 0 } host
            && subject.Port is { HostId: { Length: > 0 } other }
            && other != host
        )
        {
            throw new CommandException($"The guest is on {other}, and this host is {host}: ask there.");
        }
        var questions = opened.Inventory is IPortDirectory ports and IInstanceSource instances
            ? new StoreQuestions(ports, instances)
            : null;
        return await LookAsync(subject, folder, places, questions, deadline, cancellationToken);
    }

    async Task<Explanation> LookAsync(
        PathSubject subject,
        DataFolder folder,
        HopPlaces places,
        StoreQuestions? questions,
        Deadline deadline,
        CancellationToken cancellationToken
    )
    {
        // Before anything is asked in the guest's name, which would be remembered too.
        var refused = await LastRefusal.FindAsync(settings, subject, deadline, cancellationToken);
        var observer = new PathObserver(places, folder, questions, deadline);
        var explanation = Judgement.Of(subject, await observer.LookAsync(subject, cancellationToken)) with
        {
            LastRefusal = refused,
        };
        // Who is dead is the reason of much, and no news where all is well.
        return explanation.Culprit is null
            ? explanation
            : explanation with
            {
                Dead = [.. await AdminClient.FindDeadAsync(settings, cancellationToken)],
            };
    }
}
