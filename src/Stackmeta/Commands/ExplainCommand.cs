using System.CommandLine;
using Stackmeta.OpenStack;

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
        var neutron = Files(
            "--config-file",
            "Neutron's configuration: whose port it is is asked there; may be repeated"
        );
        var nova = Files(
            "--nova-config-file",
            "Nova's configuration: the record is read from its databases; may be repeated"
        );
        var format = OutputOption.Create();
        var command = new ExampleCommand(
            "explain",
            "Walk the path of a guest's request, link by link, and say where it breaks and what to do.",
            "stackmeta explain web-1",
            "stackmeta explain 10.0.0.5 --network lab",
            "stackmeta explain $PORT --output json",
            "stackmeta explain 10.0.0.5 --network $ID --config-file /etc/neutron/neutron.conf --config-file /etc/neutron/metadata_agent.ini"
        )
        {
            asked,
            network,
            patience,
            neutron,
            nova,
            format,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var settings = common.Read(parsed);
                await using var cloud = await CloudAsync(parsed.GetValue(neutron)!, parsed.GetValue(nova)!, settings);
                var explainer = new GuestExplainer(settings, () => access.OpenForReading(parsed))
                {
                    Patience = PatienceOption.Read(parsed, patience),
                    Cloud = cloud,
                };
                var explanation = await explainer.ExplainAsync(
                    parsed.GetValue(asked)!,
                    parsed.GetValue(network),
                    cancellationToken
                );
                var output = parsed.InvocationConfiguration.Output;
                if (parsed.GetValue(format) != OutputFormat.Table)
                {
                    await output.WriteLineAsync(ExplanationJson.Of(explanation).As(parsed.GetValue(format)));
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

    static Option<string[]> Files(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "FILE",
            DefaultValueFactory = _ => [],
        };

    static async Task<ExplainedCloud?> CloudAsync(string[] neutron, string[] nova, SettingValues settings)
    {
        if (neutron.Length == 0)
        {
            return nova.Length == 0
                ? null
                : throw new CommandException(
                    "Nova's files alone do not tell whose port it is: name Neutron's too, with --config-file.",
                    ExitCodes.Usage
                );
        }
        try
        {
            return await ExplainedCloud.OfAsync(neutron, nova, settings);
        }
        catch (ConfigurationException e)
        {
            throw new CommandException(e.Message, ExitCodes.Usage);
        }
    }
}
