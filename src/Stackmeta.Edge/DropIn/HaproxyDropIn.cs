using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Stackmeta.Core.Logging;

namespace Stackmeta.Edge;

/// <summary>
/// Stands in for the <c>haproxy</c> executable that Neutron's agents start in a namespace (spec/neutron-metadata.md §1.6):
/// tells the running edge to listen there, leaves a <see cref="Placeholder"/> behind for the agent's monitor, writes the
/// pid file and returns.
/// </summary>
public static class HaproxyDropIn
{
    /// <summary>What a placeholder's name begins with.</summary>
    internal const string NamePrefix = "haproxy -f ";

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Does what <c>haproxy -f FILE [-p PIDFILE]</c> does. <c>-c</c> only checks the file; <c>-D</c> and <c>-q</c> are the rule here.
    /// </summary>
    /// <param name="arguments">As given to haproxy.</param>
    /// <param name="edgeSocket">Where the edge listens for drop-ins (<see cref="DropInServer"/>).</param>
    /// <returns>The exit code: 0 when the edge listens.</returns>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> arguments,
        string edgeSocket,
        TextWriter errors,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var (path, pidFile, checkOnly) = ReadArguments(arguments);
            var file = HaproxyFile.Parse(await File.ReadAllTextAsync(path, cancellationToken));
            if (!checkOnly)
            {
                await StartAsync(file, path, pidFile ?? file.PidFile, edgeSocket, cancellationToken);
            }
            return 0;
        }
        catch (Exception e) when (e is EdgeException or IOException or UnauthorizedAccessException or SocketException)
        {
            await errors.WriteLineAsync($"stackmeta haproxy: {(e is EdgeException ? e.Message : SystemReason.Of(e))}");
            return 1;
        }
    }

    static async Task StartAsync(
        HaproxyFile file,
        string path,
        string? pidFile,
        string edgeSocket,
        CancellationToken cancellationToken
    )
    {
        // Neutron looks for the uuid, which is in the file's name; older agents for "haproxy" too.
        var name = $"{NamePrefix}{path} {file.Scope.Id}";
        var process = Placeholder.Start(name);
        try
        {
            var message = new DropInMessage(
                process,
                name,
                file.Scope.Kind,
                file.Scope.Id,
                [.. file.Binds.Select(bind => bind.ToString())]
            );
            await TellAsync(message, edgeSocket, cancellationToken);
            if (pidFile is not null)
            {
                await File.WriteAllTextAsync(
                    pidFile,
                    process.ToString(CultureInfo.InvariantCulture) + "\n",
                    cancellationToken
                );
            }
        }
        catch
        {
            _ = Libc.Kill(process, Libc.SigKill);
            throw;
        }
    }

    static async Task TellAsync(DropInMessage message, string edgeSocket, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(edgeSocket), patience.Token);
            await using var stream = new NetworkStream(socket);
            await stream.WriteAsync(Encoding.UTF8.GetBytes(message.ToLine() + "\n"), patience.Token);
            using var reader = new StreamReader(stream);
            var answer = await reader.ReadLineAsync(patience.Token) ?? "the edge gave no answer";
            if (answer.Length > 0)
            {
                throw new EdgeException(answer);
            }
        }
        catch (SocketException e)
        {
            throw new EdgeException(
                $"No edge can be reached at {edgeSocket} ({e.Message}): start it with 'stackmeta edge --drop-in'.",
                e
            );
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EdgeException($"The edge at {edgeSocket} did not answer within {Patience.TotalSeconds} s.", e);
        }
    }

    static (string Path, string? PidFile, bool CheckOnly) ReadArguments(IReadOnlyList<string> arguments)
    {
        string? path = null;
        string? pidFile = null;
        var checkOnly = false;
        for (var index = 0; index < arguments.Count; index++)
        {
            switch (arguments[index])
            {
                case "-f" when index + 1 < arguments.Count && path is null:
                    path = arguments[++index];
                    break;
                case "-p" when index + 1 < arguments.Count:
                    pidFile = arguments[++index];
                    break;
                case "-c":
                    checkOnly = true;
                    break;
                case "-D" or "-q":
                    break;
                default:
                    throw new EdgeException($"'{arguments[index]}' is not understood; Neutron runs: haproxy -f FILE");
            }
        }
        return (
            path ?? throw new EdgeException("No configuration is given; Neutron runs: haproxy -f FILE"),
            pidFile,
            checkOnly
        );
    }
}
