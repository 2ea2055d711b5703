using System.ComponentModel;

namespace Stackmeta.Edge;

/// <summary>Connections of guests that another process has: a haproxy, or the half of this program that serves.</summary>
static class OtherConnections
{
    /// <summary>A list of arguments has room for more of the longest addresses (execve(2), MAX_ARG_STRLEN).</summary>
    const int MostAtOnce = 500;

    /// <summary>
    /// Ends them in the kernel (<c>SOCK_DESTROY</c>, ss(8) <c>-K</c>): the other process sees its socket fail, and what waits to be
    /// accepted ends too. A kernel without CONFIG_INET_DIAG_DESTROY leaves them: then the agent's own checks are what is left.
    /// </summary>
    /// <exception cref="EdgeException">ss is missing or failed.</exception>
    public static async Task EndAsync(EdgeScope scope, ChangedPeers peers, CancellationToken cancellationToken)
    {
        var (name, port) =
            scope.Kind == EdgeScopeKind.Router
                ? (DeviceNames.RouterNamespace(scope.Id), MetadataAddress.RouterPort)
                : (DeviceNames.DhcpNamespace(scope.Id), MetadataAddress.Port);
        if (IsGone(name))
        {
            return;
        }
        foreach (var part in PartsOf(peers))
        {
            await new Command(
                "ip",
                [
                    "netns",
                    "exec",
                    name,
                    Executables.Find("ss"),
                    "-H",
                    "-n",
                    "-t",
                    "-K",
                    "state",
                    "connected",
                    "(",
                    "sport",
                    "=",
                    $":{port}",
                    ")",
                    .. part,
                ]
            ).RunAsync(cancellationToken);
        }
    }

    /// <summary>Whether the name leads to no namespace. An error that tells neither is one.</summary>
    static bool IsGone(string name)
    {
        try
        {
            return !NetworkNamespace.Inside(name, static () => true);
        }
        catch (EdgeException e)
            when (e.InnerException is Win32Exception { NativeErrorCode: Libc.NoEntry or Libc.InvalidArgument })
        {
            return true;
        }
    }

    static IEnumerable<IEnumerable<string>> PartsOf(ChangedPeers peers) =>
        peers.IsEverybody
            ?
            [
                [],
            ]
            : peers
                .Addresses.Chunk(MostAtOnce)
                .Select(part =>
                    (IEnumerable<string>)
                        [
                            "and",
                            "(",
                            .. part.SelectMany(
                                static (address, index) =>
                                    (string[])[.. index == 0 ? (string[])[] : ["or"], "dst", $"[{address}]"]
                            ),
                            ")",
                        ]
                );
}
