using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Stackmeta.Http;

namespace Stackmeta.Edge;

/// <summary>
/// systemd's store of descriptors: what is put there, the next process of the service gets when it starts, whether this one
/// was stopped, was killed or crashed (systemd.service(5), FileDescriptorStoreMax=; sd_notify(3), sd_listen_fds(3)).
/// </summary>
sealed class SystemdStore : IDisposable
{
    /// <summary>SD_LISTEN_FDS_START.</summary>
    const int FirstDescriptor = 3;
    const string NotifySocketVariable = "NOTIFY_SOCKET";
    const string StoreVariable = "FDSTORE";
    const string ProcessVariable = "LISTEN_PID";
    const string CountVariable = "LISTEN_FDS";
    const string NamesVariable = "LISTEN_FDNAMES";

    readonly Socket _socket;
    readonly ILogger _logger;

    SystemdStore(Socket socket, ILogger logger)
    {
        _socket = socket;
        _logger = logger;
    }

    /// <summary>The store of the service that this process is; null without systemd, or where the unit has no store.</summary>
    public static SystemdStore? Open(ILogger logger)
    {
        // systemd tells the size since version 254; older ones tell nothing and drop what they have no room for.
        if (
            Environment.GetEnvironmentVariable(NotifySocketVariable) is not { Length: > 1 } path
            || Environment.GetEnvironmentVariable(StoreVariable) == "0"
        )
        {
            return null;
        }
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path[0] == '@' ? $"\0{path[1..]}" : path));
            return new(socket, logger);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            socket.Dispose();
            Log.StoreUnreachable(logger, e.Message);
            return null;
        }
    }

    /// <summary>
    /// What systemd gives this process from its store. Read once: the variables are taken away, so that no child of this
    /// process takes the descriptors for its own.
    /// </summary>
    public static IReadOnlyList<(HeldName Name, Descriptor Descriptor)> TakeInherited()
    {
        var found = new List<(HeldName, Descriptor)>();
        foreach (var (text, number) in Inherited())
        {
            if (HeldName.Parse(text) is { } name)
            {
                found.Add((name, new(number)));
            }
        }
        foreach (var variable in (string[])[ProcessVariable, CountVariable, NamesVariable])
        {
            Environment.SetEnvironmentVariable(variable, null);
        }
        return found;
    }

    /// <summary>Names and numbers of all descriptors that systemd gives this process. No child inherits them.</summary>
    public static IReadOnlyList<(string Name, int Number)> Inherited()
    {
        if (
            Environment.GetEnvironmentVariable(ProcessVariable)
                != Environment.ProcessId.ToString(CultureInfo.InvariantCulture)
            || !int.TryParse(
                Environment.GetEnvironmentVariable(CountVariable),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var count
            )
        )
        {
            return [];
        }
        var names = Environment.GetEnvironmentVariable(NamesVariable)?.Split(':') ?? [];
        var found = new List<(string, int)>();
        for (var index = 0; index < count; index++)
        {
            var number = FirstDescriptor + index;
            _ = Libc.ControlDescriptor(number, Libc.SetDescriptorFlags, Libc.DescriptorCloseOnExec);
            if (index < names.Length)
            {
                found.Add((names[index], number));
            }
        }
        return found;
    }

    /// <summary>Puts a socket into the store.</summary>
    public void Add(HeldName name, Descriptor descriptor)
    {
        if (name.ToDescriptorName() is { } text)
        {
            Add(text, descriptor);
        }
    }

    /// <summary>Puts a socket into the store, which leaves it as it is if it is there already.</summary>
    public void Add(string name, Descriptor descriptor) =>
        // Not polled: systemd would drop a socket on which it sees an error.
        Tell($"FDSTORE=1\nFDNAME={name}\nFDPOLL=0", descriptor);

    /// <summary>Takes it out again: any descriptor keeps a namespace alive, also one that systemd has.</summary>
    public void Remove(HeldName name)
    {
        if (name.ToDescriptorName() is { } text)
        {
            Remove(text);
        }
    }

    /// <summary>Takes it out again.</summary>
    public void Remove(string name) => Tell($"FDSTOREREMOVE=1\nFDNAME={name}", null);

    void Tell(string message, Descriptor? descriptor)
    {
        try
        {
            DescriptorMessage.Send(_socket, Encoding.ASCII.GetBytes(message), descriptor);
        }
        catch (IOException e)
        {
            Log.StoreUnreachable(_logger, e.Message);
        }
    }

    public void Dispose() => _socket.Dispose();
}
