using System.CommandLine;
using Microsoft.Extensions.Logging;
using Stackmeta.Edge;

namespace Stackmeta;

/// <summary><c>stackmeta down</c>: removes the networks that an earlier <c>up</c> or <c>edge</c> has left on this host.</summary>
static class DownCommand
{
    public static Command Create(CommonOptions common)
    {
        var command = new ExampleCommand(
            "down",
            "Remove what a stopped 'up' or 'edge' has left on this host (edge.keep_networks): bridges, namespaces, addresses. The inventory stays.",
            "stackmeta down",
            "stackmeta down --data /srv/stackmeta"
        );
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var settings = common.Read(parsed);
                using var loggers = ProgramLog.Create(settings);
                foreach (var place in DataFolder.Of(settings).RunFolders.Where(HasNetworks))
                {
                    await using var left = new NetworkProvisioner(
                        new EdgeOptions
                        {
                            RunDirectory = place,
                            MetadataProxySocket = DataFolder.Of(settings).AgentSocket,
                            PacketFilter = settings.Get(KnownSettings.EdgePacketFilter),
                        },
                        TimeProvider.System,
                        loggers.CreateLogger<NetworkProvisioner>()
                    );
                    // That there shall be none removes all that an earlier process made; that one still runs is said by an exception.
                    await left.ApplyAsync([], [], cancellationToken);
                }
                foreach (var process in await AdminClient.FindDeadAsync(settings, cancellationToken))
                {
                    File.Delete(process.Socket);
                    await parsed.InvocationConfiguration.Output.WriteLineAsync(
                        $"'{process.Name}' was dead: it had ended without a stop. What it left is removed."
                    );
                }
                return ExitCodes.Done;
            }
        );
        return command;
    }

    /// <summary>Other processes have run-time state too: admin sockets.</summary>
    static bool HasNetworks(string place) =>
        Directory.Exists(Path.Combine(place, "networks")) || Directory.Exists(Path.Combine(place, "routers"));
}
