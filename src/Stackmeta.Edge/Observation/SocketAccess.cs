using System.Globalization;

namespace Stackmeta.Edge;

/// <summary>
/// Whether a process may connect to a unix socket: it must pass each folder and may write to the socket (path_resolution(7), unix(7)).
/// </summary>
public static class SocketAccess
{
    /// <param name="process">Who would connect.</param>
    /// <param name="path">The socket.</param>
    /// <returns>True also where the process has ended or the file is gone: that is another question.</returns>
    public static bool MayConnect(int process, string path)
    {
        if (IdentityOf(process) is not { } who || who.User == 0)
        {
            return true;
        }
        for (var folder = Path.GetDirectoryName(path); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (!who.May(folder, UnixFileMode.UserExecute, UnixFileMode.GroupExecute, UnixFileMode.OtherExecute))
            {
                return false;
            }
        }
        return who.May(path, UnixFileMode.UserWrite, UnixFileMode.GroupWrite, UnixFileMode.OtherWrite);
    }

    static Identity? IdentityOf(int process)
    {
        try
        {
            uint[] Numbers(string name) =>
                File.ReadLines($"/proc/{process}/status")
                    .First(line => line.StartsWith(name, StringComparison.Ordinal))
                    .Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)
                    .Skip(1)
                    .Select(number => uint.Parse(number, CultureInfo.InvariantCulture))
                    .ToArray();

            // Real, effective, saved and file system id (proc(5)).
            const int FileSystem = 3;
            return new(Numbers("Uid:")[FileSystem], [Numbers("Gid:")[FileSystem], .. Numbers("Groups:")]);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            return null;
        }
    }

    sealed record Identity(uint User, uint[] Groups)
    {
        public bool May(string path, UnixFileMode asUser, UnixFileMode asGroup, UnixFileMode asOther)
        {
            if (Libc.OwnersOf(path) is not var (user, group))
            {
                return true;
            }
            UnixFileMode mode;
            try
            {
                mode = File.GetUnixFileMode(path);
            }
            catch (IOException)
            {
                return true;
            }
            return mode.HasFlag(
                user == User ? asUser
                : Groups.Contains(group) ? asGroup
                : asOther
            );
        }
    }
}
