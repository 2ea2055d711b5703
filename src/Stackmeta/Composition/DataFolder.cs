using System.Security.Cryptography;
using System.Text;
using Stackmeta.Core.Logging;

namespace Stackmeta;

/// <summary>The data folder and what lies in it.</summary>
public sealed class DataFolder
{
    /// <summary>The agent's socket lies in it, so others must be able to pass through, not to list it.</summary>
    public const UnixFileMode Mode =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherExecute;

    readonly string _adminState;

    DataFolder(string path, SettingValues settings)
    {
        Path = path;
        InventoryFile = System.IO.Path.Combine(path, "inventory.db");
        SharedSecretFile = Or(settings.Get(KnownSettings.SharedSecretFile), "secret");
        AgentSocket = Or(settings.Get(KnownSettings.AgentSocket), "metadata_proxy");
        // The folder belongs to who serves the guests, and root's files must not lie where he can exchange them.
        EdgeState =
            settings.Get(KnownSettings.EdgeUser).Length > 0
                ? System.IO.Path.Combine("/run/stackmeta", ShortNameOf(path))
                : System.IO.Path.Combine(path, "run");
        // The half that has rights listens in EdgeState itself.
        _adminState = PrivilegedHalf.IsOther(settings) ? ServingState : EdgeState;
        OpenerSocket = Or(settings.Get(KnownSettings.EdgeOpener), System.IO.Path.Combine(EdgeState, "opener.sock"));
        DropIns = System.IO.Path.Combine(path, "haproxy");

        string Or(string set, string name) => set.Length > 0 ? set : System.IO.Path.Combine(path, name);
    }

    public string Path { get; }

    /// <summary>The embedded store.</summary>
    public string InventoryFile { get; }

    public string SharedSecretFile { get; }

    public string AgentSocket { get; }

    /// <summary>Where the files of the running networks lie.</summary>
    public string EdgeState { get; }

    /// <summary>Where the files of the half without rights lie, when there are two.</summary>
    public string ServingState => System.IO.Path.Combine("/run/stackmeta", ShortNameOf(Path), "serving");

    /// <summary>Where run-time state may be, whichever user serves.</summary>
    public IEnumerable<string> RunFolders =>
        [System.IO.Path.Combine(Path, "run"), System.IO.Path.Combine("/run/stackmeta", ShortNameOf(Path))];

    /// <summary>Where admin sockets may be, of whichever processes run on this folder.</summary>
    public IEnumerable<string> AdminFolders => [.. RunFolders, ServingState];

    /// <summary>Where listening sockets are asked for.</summary>
    public string OpenerSocket { get; }

    /// <summary>Where the edge is told of drop-ins for haproxy.</summary>
    public string DropIns { get; }

    /// <summary>Where the admin socket of a process is unless it is set.</summary>
    /// <param name="hops">What the process runs, for example <c>agent</c>; empty for all hops.</param>
    public string AdminSocket(string hops) =>
        System.IO.Path.Combine(_adminState, hops.Length == 0 ? "admin.sock" : $"admin-{hops}.sock");

    /// <summary>The folder that the settings name, which need not be there yet.</summary>
    public static DataFolder Of(SettingValues settings)
    {
        var path = settings.Get(KnownSettings.Data);
        return new DataFolder(System.IO.Path.GetFullPath(path.Length > 0 ? path : UsualPath()), settings);
    }

    /// <summary>Makes the folder when it is not there.</summary>
    /// <exception cref="SettingsException">It cannot be made.</exception>
    public DataFolder Make()
    {
        try
        {
            Directory.CreateDirectory(Path, Mode);
            return this;
        }
        catch (Exception e) when (SystemReason.IsOfFile(e))
        {
            throw new SettingsException([
                new(Path, $"The data folder cannot be made: {SystemReason.Of(e)} Name another one with --data."),
            ]);
        }
    }

    /// <summary>Another folder than the settings name; what they set to a place of its own stays there.</summary>
    public static DataFolder At(string path, SettingValues settings) => new(path, settings);

    static string ShortNameOf(string path) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..8];

    static string UsualPath() =>
        Environment.IsPrivilegedProcess
            ? "/var/lib/stackmeta"
            : System.IO.Path.Combine(
                Environment.GetFolderPath(
                    Environment.SpecialFolder.LocalApplicationData,
                    Environment.SpecialFolderOption.DoNotVerify
                ),
                "stackmeta"
            );
}
