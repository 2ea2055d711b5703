using System.CommandLine;
using Stackmeta.Edge;

namespace Stackmeta;

/// <summary><c>stackmeta opener</c>: the rights in a service of their own.</summary>
static class OpenerCommand
{
    public static Command Create(CommonOptions common)
    {
        var command = new ExampleCommand(
            "opener",
            "Open listening sockets in network namespaces for an edge that has no rights, and keep them while it restarts.",
            "stackmeta opener --set edge.user=stackmeta --set edge.opener=/run/stackmeta/opener.sock"
        );
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var settings = common.Read(parsed);
                var user = settings.Get(KnownSettings.EdgeUser);
                var options = new OpenerOptions
                {
                    User = user.Length > 0 ? user : null,
                    TakeOver = settings.Get(KnownSettings.EdgeTakeOver),
                };
                if (EdgeSockets.AreAsked(settings))
                {
                    options = options with { SocketPath = settings.Get(KnownSettings.EdgeOpener) };
                }
                await RunCommands.ServeAsync(
                    parsed,
                    settings,
                    async (loggers, stopping) =>
                        new Alone(await NamespaceOpener.StartAsync(options, TimeProvider.System, loggers, stopping)),
                    cancellationToken
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    sealed class Alone(NamespaceOpener opener) : IEndsItself, IAsyncDisposable
    {
        public Task Ended => opener.Succeeded;

        public ValueTask DisposeAsync() => opener.DisposeAsync();
    }
}
