using System.ComponentModel;

namespace Stackmeta.Edge;

/// <summary>The user whom networks' haproxies run as, who must be able to connect to the agent's socket.</summary>
public static class ProxyUser
{
    static PosixUser User => PosixUser.FindOrNobody(new EdgeOptions().HaproxyUser);

    public static uint Id => User.Uid;

    /// <summary>
    /// Makes a folder for a socket that another user makes and only the two may reach: what is made in it gets the proxies' group, since
    /// an ordinary user cannot give it away.
    /// </summary>
    /// <param name="folder">The folder; made when it is missing.</param>
    /// <param name="owner">Who makes the socket.</param>
    /// <exception cref="EdgeException">The system refused, or there is no such user.</exception>
    public static void MakeFolder(string folder, string owner)
    {
        const UnixFileMode Mode =
            UnixFileMode.SetGroup
            | UnixFileMode.UserRead
            | UnixFileMode.UserWrite
            | UnixFileMode.UserExecute
            | UnixFileMode.GroupExecute;
        try
        {
            Directory.CreateDirectory(folder);
            NetworkNamespace.Checked(Libc.ChangeOwnerOfLink(folder, ServingUser.Find(owner).Uid, User.Gid), "chown");
            File.SetUnixFileMode(folder, Mode);
        }
        catch (Exception e) when (e is Win32Exception or IOException or UnauthorizedAccessException)
        {
            throw new EdgeException($"{folder} cannot be made for the agent's socket: {e.Message}", e);
        }
    }
}
