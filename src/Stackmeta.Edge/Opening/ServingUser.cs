using System.ComponentModel;

namespace Stackmeta.Edge;

/// <summary>The ordinary user that serves the guests, and what belongs to him.</summary>
public static class ServingUser
{
    /// <exception cref="EdgeException">This process cannot become another user, there is no such user, or it is root.</exception>
    public static void Require(string name)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new EdgeException($"Only root can have user {name} serve the guests (edge.user).");
        }
        if (Find(name).Uid == 0)
        {
            throw new EdgeException("The user that serves the guests must be an ordinary one (edge.user).");
        }
    }

    /// <summary>Makes sure that the user can use a folder that is his.</summary>
    /// <exception cref="EdgeException">He cannot: a folder on the way there lets nobody pass.</exception>
    public static async Task RequireReachAsync(string folder, string name, CancellationToken cancellationToken)
    {
        string[] asked = [.. UnprivilegedCommand.For(Find(name)), "test", "-w", folder, "-a", "-x", folder];
        var result = await new Command(asked[0], asked[1..]).CaptureAsync(cancellationToken);
        if (result.ExitCode != 0)
        {
            throw new EdgeException(
                $"User {name} cannot reach {folder}: each folder on the way there must let others pass (chmod o+x), or name another one with --data."
            );
        }
    }

    /// <summary>
    /// Gives a folder and the files in it to the user, once: what is his already is left alone, since he might have put
    /// anything there meanwhile.
    /// </summary>
    /// <exception cref="EdgeException">The system refused.</exception>
    public static void Give(string folder, string name)
    {
        var user = Find(name);
        if (Libc.OwnerOf(folder) == user.Uid)
        {
            return;
        }
        try
        {
            foreach (var path in Directory.EnumerateFiles(folder).Append(folder))
            {
                NetworkNamespace.Checked(Libc.ChangeOwnerOfLink(path, user.Uid, user.Gid), "chown");
            }
        }
        catch (Win32Exception e)
        {
            throw new EdgeException($"{folder} cannot be given to user {name}: {e.Message}", e);
        }
    }

    /// <exception cref="EdgeException">There is no such user.</exception>
    internal static PosixUser Find(string name) =>
        PosixUser.Find(name) ?? throw new EdgeException($"There is no user {name} on this machine (edge.user).");
}
