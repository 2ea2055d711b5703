using System.CommandLine;
using System.Net;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary><c>stackmeta explain</c>: why a guest is answered, or why not.</summary>
static class ExplainCommand
{
    public static Command Create(CommonOptions common, InventoryAccess access)
    {
        var asked = new Argument<string>("ADDRESS|INSTANCE|PORT")
        {
            Description = "The guest: its address, or the id or name of its instance or port",
        };
        var network = new Option<string?>("--network")
        {
            Description = "The network that is meant, by id or name, where an address is on several",
            HelpName = "NETWORK",
        };
        var patience = PatienceOption.Create();
        var format = OutputOption.Create();
        var command = new ExampleCommand(
            "explain",
            "Walk the path of a guest's request, link by link, and say where it breaks and what to do.",
            "stackmeta explain web-1",
            "stackmeta explain 10.0.0.5 --network lab",
            "stackmeta explain $PORT --output json"
        )
        {
            asked,
            network,
            patience,
            format,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var settings = common.Read(parsed);
                var folder = DataFolder.Of(settings);
                var explanation = await ExplainAsync(
                    settings,
                    folder,
                    () => access.OpenForReading(parsed),
                    parsed.GetValue(asked)!,
                    parsed.GetValue(network),
                    PatienceOption.Read(parsed, patience),
                    cancellationToken
                );
                var output = parsed.InvocationConfiguration.Output;
                if (parsed.GetValue(format) == OutputFormat.Json)
                {
                    await output.WriteLineAsync(ExplanationJson.Of(explanation));
                }
                else
                {
                    ExplanationText.Write(output, explanation);
                }
                return explanation.ExitCode;
            }
        );
        return command;
    }

    /// <summary>Walks the path. The console does so by the same way.</summary>
    /// <param name="settings">Where the hops are.</param>
    /// <param name="folder">Where their files are.</param>
    /// <param name="open">Opens the inventory.</param>
    /// <param name="asked">The guest.</param>
    /// <param name="network">The network that is meant; null for any.</param>
    /// <param name="patience">How long each question may take.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CommandException">Nothing or too much is called so, or we may not look.</exception>
    public static async Task<Explanation> ExplainAsync(
        SettingValues settings,
        DataFolder folder,
        Func<OpenInventory> open,
        string asked,
        string? network,
        TimeSpan patience,
        CancellationToken cancellationToken
    )
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new CommandException("Looking into networks needs root: run it with sudo.");
        }
        if (StrangerOf(settings, folder, asked, network) is { } stranger)
        {
            return await LookAsync(
                new PathObserver(settings, folder, questions: null, patience),
                stranger,
                cancellationToken
            );
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
        return await LookAsync(new PathObserver(settings, folder, questions, patience), subject, cancellationToken);
    }

    /// <summary>
    /// A guest of whom nothing is known but where it is: where Neutron is, there need be no inventory of ours. Null where there is one, or where
    /// address and network are not both named.
    /// </summary>
    public static PathSubject? StrangerOf(SettingValues settings, DataFolder folder, string asked, string? network) =>
        !InventoryPlace.Of(settings, folder).MayExist
        && IPAddress.TryParse(asked, out var address)
        && Guid.TryParse(network, out var networkId)
            ? new PathSubject
            {
                Asked = asked,
                NetworkId = networkId,
                Address = address,
                IsFromInventory = false,
            }
            : null;

    static async Task<Explanation> LookAsync(
        PathObserver observer,
        PathSubject subject,
        CancellationToken cancellationToken
    ) => Judgement.Of(subject, await observer.LookAsync(subject, cancellationToken));
}
