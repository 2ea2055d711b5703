using System.CommandLine;
using System.Globalization;
using System.Net;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary><c>stackmeta explain</c>: why a guest is answered, or why not.</summary>
static class ExplainCommand
{
    /// <summary>Two questions follow each other at most, and the whole shall be there within a second on a healthy host.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

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
        var patience = new Option<double>("--patience")
        {
            Description = "How long each question may take that is sent along the path, in seconds (default: 0.5)",
            HelpName = "SECONDS",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (double.TryParse(text, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 60)
                {
                    return seconds;
                }
                result.AddError($"--patience is '{text}', and must be a number of seconds up to 60.");
                return 0;
            },
        };
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
                    parsed.GetResult(patience) is null ? Patience : TimeSpan.FromSeconds(parsed.GetValue(patience)),
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

    static async Task<Explanation> ExplainAsync(
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
        // Where Neutron is, there need be no inventory of ours: then the network must be named, and is looked at all the same.
        if (
            !InventoryPlace.Of(settings, folder).MayExist
            && IPAddress.TryParse(asked, out var address)
            && Guid.TryParse(network, out var networkId)
        )
        {
            var stranger = new PathSubject
            {
                Asked = asked,
                NetworkId = networkId,
                Address = address,
                IsFromInventory = false,
            };
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

    static async Task<Explanation> LookAsync(
        PathObserver observer,
        PathSubject subject,
        CancellationToken cancellationToken
    ) => Judgement.Of(subject, await observer.LookAsync(subject, cancellationToken));
}
