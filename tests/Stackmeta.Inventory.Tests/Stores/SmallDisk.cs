using System.Diagnostics;

namespace Stackmeta.Inventory.Tests;

/// <summary>A file system of one mebibyte in memory, mounted in a folder of its own.</summary>
sealed class SmallDisk : IDisposable
{
    readonly TemporaryFolder _folder = new();

    SmallDisk() { }

    /// <summary>Mounts one, or skips the test where that is not allowed.</summary>
    public static SmallDisk MountOrSkip()
    {
        var disk = new SmallDisk();
        if (Run("mount", "-t", "tmpfs", "-o", "size=1m", "stackmeta-test", disk._folder.Path) != 0)
        {
            disk._folder.Dispose();
            Assert.Skip("A small file system cannot be mounted here; it needs root.");
        }
        return disk;
    }

    public string File(string name) => _folder.File(name);

    /// <summary>Leaves some tens of kilobytes.</summary>
    public void Fill()
    {
        var free = new DriveInfo(_folder.Path).AvailableFreeSpace;
        System.IO.File.WriteAllBytes(File("filler"), new byte[Math.Max(0, free - 64 * 1024)]);
    }

    public void Empty() => System.IO.File.Delete(File("filler"));

    public void Dispose()
    {
        Run("umount", "--lazy", _folder.Path);
        _folder.Dispose();
    }

    static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
                UseShellExecute = false,
            }
        )!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
