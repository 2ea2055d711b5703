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
                return await Service.RunAsync(
                    () => common.Read(parsed),
                    parsed.InvocationConfiguration.Output,
                    async (settings, supervisor, loggers, stopping) =>
                        new Alone(
                            await NamespaceOpener.StartAsync(
                                OptionsOf(settings),
                                supervisor,
                                TimeProvider.System,
                                loggers,
                                stopping
                            )
                        ),
                    cancellationToken
                );
            }
        );
        return command;
    }

    static OpenerOptions OptionsOf(SettingValues settings)
    {
        var user = settings.Get(KnownSettings.EdgeUser);
        var options = new OpenerOptions
        {
            User = user.Length > 0 ? user : null,
            TakeOver = settings.Get(KnownSettings.EdgeTakeOver),
        };
        return EdgeSockets.AreAsked(settings)
            ? options with
            {
                SocketPath = settings.Get(KnownSettings.EdgeOpener),
            }
            : options;
    }

    sealed class Alone(NamespaceOpener opener) : IRunning
    {
        public Task Started => Task.CompletedTask;

        public Task Ended => opener.Succeeded;

        public IReadOnlyList<string> AdminSockets => [];

        /// <summary>Nothing that it heeds can change while it runs but the log's level.</summary>
        public Action PrepareReload(SettingValues settings) => static () => { };

        public ValueTask DisposeAsync() => opener.DisposeAsync();
    }
}
