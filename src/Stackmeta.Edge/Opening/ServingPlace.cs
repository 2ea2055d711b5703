using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Stackmeta.Edge;

/// <summary>Who serves the guests by an opener's sockets: one process, until another takes its place.</summary>
sealed class ServingPlace(ILogger logger)
{
    readonly Lock _changing = new();

    /// <summary>The one that serves, and when its process was started. Under the lock, as is what is sent to it.</summary>
    (Socket Connection, ulong StartedAt)? _serving;

    /// <summary>Of two that would serve, the one that was started later does: the other may only have come back to a new opener.</summary>
    /// <param name="connection">Of who would serve.</param>
    /// <param name="process">Its id.</param>
    /// <param name="startedAt">When that was started (<see cref="ProcessTable.ReadStart"/>).</param>
    public void Take(Socket connection, int process, ulong startedAt)
    {
        lock (_changing)
        {
            Socket? leaving = connection;
            if (_serving is not { } before || before.StartedAt <= startedAt)
            {
                leaving = _serving?.Connection;
                _serving = (connection, startedAt);
                Log.ServesNow(logger, process);
            }
            if (leaving is not null)
            {
                TellToLeave(leaving);
            }
        }
    }

    /// <summary>A connection has ended.</summary>
    public void Leave(Socket connection)
    {
        lock (_changing)
        {
            if (_serving?.Connection == connection)
            {
                _serving = null;
            }
        }
    }

    static void TellToLeave(Socket connection)
    {
        try
        {
            new OpenerMessage(OpenerMessageKind.Leave).SendTo(connection);
        }
        catch (IOException)
        {
            // It is about to leave by itself.
        }
    }
}
