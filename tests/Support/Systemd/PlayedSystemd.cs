using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Stackmeta.Edge;
using Stackmeta.Http;

namespace Stackmeta.Tests.Support;

/// <summary>Does what systemd does with a service that has a store of descriptors (sd_notify(3), sd_listen_fds(3)).</summary>
sealed class PlayedSystemd : IDisposable
{
    // fcntl.h: F_DUPFD.
    const int DuplicateFrom = 0;

    readonly List<int> _inherited = [];
    readonly string _path = Path.Combine(Path.GetTempPath(), $"stackmeta-notify-{Guid.NewGuid():N}");
    readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    readonly ConcurrentDictionary<string, Descriptor> _stored = new();
    readonly ConcurrentQueue<string> _told = new();
    readonly Task _receiving;

    public PlayedSystemd()
    {
        _socket.Bind(new UnixDomainSocketEndPoint(_path));
        _receiving = ReceiveAsync();
    }

    /// <summary>What a service has told besides, a line each, in order.</summary>
    public IReadOnlyList<string> Told => [.. _told];

    /// <summary>The names of what is stored.</summary>
    public IReadOnlyCollection<string> Stored => [.. _stored.Keys];

    /// <summary>A shell's command line that starts a service, giving it what is stored as descriptors 3 and following.</summary>
    /// <param name="service">Program and arguments.</param>
    /// <param name="watchdog">WATCHDOG_USEC; null for none.</param>
    public string CommandLine(string[] service, TimeSpan? watchdog = null)
    {
        var stored = _stored.ToArray();
        // Above all that will be 3 and following; without close-on-exec the shell inherits them.
        var numbers = stored
            .Select(entry => Libc.ControlDescriptor((int)entry.Value.DangerousGetHandle(), DuplicateFrom, 200))
            .ToList();
        var line = new StringBuilder();
        for (var index = 0; index < numbers.Count; index++)
        {
            line.Append($"exec {3 + index}<&{numbers[index]} {numbers[index]}<&-; ");
        }
        line.Append($"export NOTIFY_SOCKET={_path} FDSTORE=512 LISTEN_PID=$$ LISTEN_FDS={stored.Length} ");
        line.Append($"LISTEN_FDNAMES={string.Join(':', stored.Select(entry => entry.Key))}; ");
        if (watchdog is { } period)
        {
            line.Append($"export WATCHDOG_USEC={(long)period.TotalMicroseconds} WATCHDOG_PID=$$; ");
        }
        line.Append($"exec {string.Join(' ', service)}");
        _inherited.AddRange(numbers);
        return line.ToString();
    }

    /// <summary>Closes what was only open to be inherited.</summary>
    public void CloseInherited()
    {
        _inherited.ForEach(number => _ = Libc.Close(number));
        _inherited.Clear();
    }

    async Task ReceiveAsync()
    {
        var buffer = new byte[4096];
        try
        {
            while (await _socket.ReceiveAsync(buffer, SocketFlags.Peek) > 0)
            {
                var (length, descriptor) = DescriptorMessage.Receive(_socket, buffer);
                var fields = Encoding
                    .ASCII.GetString(buffer, 0, length)
                    .Split('\n')
                    .Select(line => line.Split('=', 2))
                    .ToDictionary(field => field[0], field => field[1]);
                if (!fields.TryGetValue("FDNAME", out var name))
                {
                    foreach (var (key, value) in fields)
                    {
                        _told.Enqueue($"{key}={value}");
                    }
                    continue;
                }
                if (fields.ContainsKey("FDSTORE"))
                {
                    // A socket that is there already is not stored twice.
                    _stored.TryAdd(name, descriptor!);
                }
                else if (fields.ContainsKey("FDSTOREREMOVE") && _stored.TryRemove(name, out var stored))
                {
                    stored.Dispose();
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The end of the test.
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        _receiving.GetAwaiter().GetResult();
        foreach (var descriptor in _stored.Values)
        {
            descriptor.Dispose();
        }
        File.Delete(_path);
    }
}
