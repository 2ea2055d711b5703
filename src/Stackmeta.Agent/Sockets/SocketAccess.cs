using System.Globalization;
using Stackmeta.Http;

namespace Stackmeta.Agent;

/// <summary>Who may connect to the agent's socket.</summary>
static class SocketAccess
{
    const UnixFileMode ByUser = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    const UnixFileMode ByGroup = UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
    const UnixFileMode ByOthers = UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Neutron's modes have everybody read. Connecting needs the right to write (unix(7)), so that it changes nothing.</summary>
    const UnixFileMode ReadByAll = UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>The agent's socket, listening, as its options say.</summary>
    /// <exception cref="ListenException">A living agent listens there and is not to be replaced, or it may not be had.</exception>
    public static UnixSocketFile Open(AgentSocketOptions options) =>
        UnixSocketFile.Open(
            new()
            {
                Path = options.Path,
                Mode = ModeOf(options),
                SetOwner = path => SetOwner(path, options),
                Backlog = options.Backlog,
                TakeOver = options.TakeOver,
                Occupied = static path =>
                    $"Another agent listens on {path}. Stop it first, or let this one take over from it.",
            }
        );

    /// <summary>The socket's mode (spec/neutron-metadata.md §3.1).</summary>
    /// <exception cref="ListenException">The proxies' user or group is not known.</exception>
    public static UnixFileMode ModeOf(AgentSocketOptions options) =>
        (options.IsReadableByAll ? ReadByAll : UnixFileMode.None)
        | (options.Mode == AgentSocketMode.Deduce ? Deduce(options) : options.Mode) switch
        {
            AgentSocketMode.Group => ByUser | ByGroup,
            AgentSocketMode.All => ByUser | ByGroup | ByOthers,
            _ => ByUser,
        };

    /// <summary>Looks up the users and groups that the options name.</summary>
    /// <exception cref="ListenException">One is not known.</exception>
    public static void Check(AgentSocketOptions options)
    {
        ModeOf(options);
        OwnerOf(options);
    }

    /// <summary>Gives the socket its owner and group where they are configured.</summary>
    /// <exception cref="ListenException">They are not known, or may not be given.</exception>
    public static void SetOwner(string path, AgentSocketOptions options)
    {
        if (options.Owner.Length == 0 && options.Group.Length == 0)
        {
            return;
        }
        var (user, group) = OwnerOf(options);
        if (NativeMethods.ChangeOwner(path, user, group) is var error and not 0)
        {
            throw new ListenException(
                $"The socket {options.Path} cannot be given to user '{options.Owner}' and group '{options.Group}' (error {error}); only root may give files away."
            );
        }
    }

    static (uint User, uint Group) OwnerOf(AgentSocketOptions options) =>
        (
            options.Owner.Length == 0 ? uint.MaxValue : UserOf(options.Owner),
            options.Group.Length == 0 ? uint.MaxValue : GroupOf(options.Group)
        );

    static AgentSocketMode Deduce(AgentSocketOptions options)
    {
        if (options.ProxyUser is "" or "0" or "root" || UserOf(options.ProxyUser) == NativeMethods.GetEffectiveUser())
        {
            return AgentSocketMode.User;
        }
        return options.ProxyGroup.Length == 0 || GroupOf(options.ProxyGroup) == NativeMethods.GetEffectiveGroup()
            ? AgentSocketMode.Group
            : AgentSocketMode.All;
    }

    static uint UserOf(string text) =>
        IsNumber(text, out var number) || NativeMethods.TryGetUser(text, out number)
            ? number
            : throw new ListenException($"There is no user '{text}' on this host.");

    static uint GroupOf(string text) =>
        IsNumber(text, out var number) || NativeMethods.TryGetGroup(text, out number)
            ? number
            : throw new ListenException($"There is no group '{text}' on this host.");

    static bool IsNumber(string text, out uint number) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
