using Microsoft.Extensions.Logging.Abstractions;
using Xunit.Runner.InProc.SystemConsole;

namespace Stackmeta.Edge.Tests;

/// <summary>
/// Runs the tests, with <c>serve SOCKET NETWORK-ID…</c> or <c>open SOCKET USER</c> a process of
/// <see cref="ServingRoles"/>, or with <c>keep RUN-DIRECTORY SOCKET NETWORK-ID PORT-ID</c> an edge of its own, which a test kills to see
/// what is left of it.
/// </summary>
static class EntryPoint
{
    public const string Keep = "keep";

    /// <summary>Followed by the edge's socket and haproxy's arguments.</summary>
    public const string DropIn = "drop-in";

    /// <summary>Printed once the network is up.</summary>
    public const string Up = "up";

    public static Task<int> Main(string[] arguments) =>
        arguments is [Keep, var directory, var socket, var network, var port]
            ? KeepAsync(
                new() { RunDirectory = directory, MetadataProxySocket = socket },
                Network(Guid.Parse(network), Guid.Parse(port))
            )
        : arguments is [DropIn, var edge, .. var rest]
            ? HaproxyDropIn.RunAsync(rest, edge, Console.Error, CancellationToken.None)
        : arguments is [ServingRoles.Serve, var opener, .. var networks] ? ServingRoles.ServeAsync(opener, networks)
        : arguments is [ServingRoles.Open, var path, var user] ? ServingRoles.OpenAsync(path, user)
        : arguments is [ServingRoles.Ask, var asked, var name] ? ServingRoles.AskAsync(asked, name)
        : arguments is [ServingRoles.Misuse, var misused, var where] ? ServingRoles.MisuseAsync(misused, where)
        : ConsoleRunner.Run(arguments);

    /// <summary>The network that is kept.</summary>
    public static EdgeNetwork Network(Guid id, Guid port) =>
        Networks.Isolated(Networks.Host(1, "10.0.0.70")) with
        {
            Id = id,
            DhcpPort = new(port, Networks.Mac(0xd0)),
        };

    static async Task<int> KeepAsync(EdgeOptions options, EdgeNetwork network)
    {
        await using var provisioner = new NetworkProvisioner(
            options,
            TimeProvider.System,
            NullLogger<NetworkProvisioner>.Instance
        );
        try
        {
            await provisioner.ApplyAsync([network], CancellationToken.None);
        }
        catch (EdgeException e)
        {
            Console.WriteLine(e.Message);
            return 1;
        }
        Console.WriteLine(Up);
        await Task.Delay(Timeout.InfiniteTimeSpan);
        return 0;
    }
}
