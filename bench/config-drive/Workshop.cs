using System.Diagnostics;
using System.Text;
using Stackmeta.ConfigDrive;

namespace Stackmeta.Bench.ConfigDrive;

/// <summary>The file set of an ordinary Nova drive and the ways to make a volume of it.</summary>
sealed class Workshop : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("stackmeta-bench-").FullName;
    readonly List<(string Path, byte[] Bytes)> _files = [.. NovaFiles()];
    readonly string _tree;

    public Workshop()
    {
        _tree = Path.Combine(_folder, "tree");
        LayTree(_tree);
    }

    public int FileCount => _files.Count;

    public long Bytes => _files.Sum(file => (long)file.Bytes.Length);

    /// <summary>Before each run and not timed: overwriting a file costs what its file system does about the old one.</summary>
    public void Clear()
    {
        foreach (var file in Directory.EnumerateFiles(_folder))
        {
            File.Delete(file);
        }
    }

    public Task NovaIso()
    {
        var tree = Path.Combine(_folder, "nova");
        LayTree(tree);
        RunGenisoimage(tree);
        Directory.Delete(tree, recursive: true);
        return Task.CompletedTask;
    }

    public Task Genisoimage()
    {
        RunGenisoimage(_tree);
        return Task.CompletedTask;
    }

    public Task Mkfs()
    {
        var image = Path.Combine(_folder, "mkfs.img");
        using (var file = File.Create(image))
        {
            file.SetLength(64 << 20);
        }
        Run("mkfs.vfat", "-n", "config-2", image);
        return Task.CompletedTask;
    }

    public Task MkfsAndMcopy() => MkfsAndMcopy(_tree);

    async Task MkfsAndMcopy(string tree)
    {
        await Mkfs();
        Run(
            "mcopy",
            "-s",
            "-Q",
            "-i",
            Path.Combine(_folder, "mkfs.img"),
            Path.Combine(tree, "openstack"),
            Path.Combine(tree, "ec2"),
            "::/"
        );
    }

    /// <summary>What Nova does for vfat, with mcopy in the place of the mount and its copying, which need a loop device.</summary>
    public async Task NovaVfat()
    {
        var tree = Path.Combine(_folder, "nova");
        LayTree(tree);
        await MkfsAndMcopy(tree);
        Directory.Delete(tree, recursive: true);
    }

    /// <summary>An inventory with one instance, for <see cref="Command"/>.</summary>
    public void MakeInventory(string program)
    {
        var userData = Path.Combine(_tree, "openstack/latest/user_data");
        if (!Directory.Exists(Data))
        {
            Run(program, "instance", "create", "bench", "--user-data", userData, "--data", Data);
        }
    }

    public Task Command(string program, string format)
    {
        var drive = Path.Combine(_folder, "command");
        Run(program, "config-drive", "build", "bench", "--data", Data, "--format", format, "--out", drive);
        return Task.CompletedTask;
    }

    string Data => Path.Combine(_folder, "data");

    public Task OursIso() => IntoFileAsync(DriveFormat.Iso9660);

    public Task OursVfat() => IntoFileAsync(DriveFormat.Vfat);

    public Task OursIsoSynced() =>
        DriveFile.WriteAsync(Path.Combine(_folder, "ours.iso"), Prepare(DriveFormat.Iso9660));

    public Task OursVfatSynced() => DriveFile.WriteAsync(Path.Combine(_folder, "ours.img"), Prepare(DriveFormat.Vfat));

    public Task OursIsoMemory() => Prepare(DriveFormat.Iso9660).WriteAsync(Stream.Null);

    async Task IntoFileAsync(DriveFormat format)
    {
        await using var file = new FileStream(
            Path.Combine(_folder, "plain"),
            FileMode.CreateNew,
            FileAccess.Write,
            FileShare.None,
            0
        );
        await Prepare(format).WriteSparseAsync(file);
    }

    // From the file set on, as a caller has it: checking and laying out count.
    Drive Prepare(DriveFormat format)
    {
        var files = _files.Select(file => new VolumeFile(file.Path, VolumeContent.FromMemory(file.Bytes)));
        return Drive
            .Prepare(files, new DriveOptions { Format = format, Time = DateTimeOffset.UnixEpoch.AddYears(30) })
            .DriveOrThrow();
    }

    void LayTree(string tree)
    {
        foreach (var (path, bytes) in _files)
        {
            var target = Path.Combine(tree, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllBytes(target, bytes);
        }
    }

    void RunGenisoimage(string tree) =>
        Run(
            "genisoimage",
            "-o",
            Path.Combine(_folder, "genisoimage.iso"),
            "-ldots",
            "-allow-lowercase",
            "-allow-multidot",
            "-l",
            "-publisher",
            "OpenStack Nova 26.2.2",
            "-quiet",
            "-J",
            "-r",
            "-V",
            "config-2",
            tree
        );

    static void Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        // Where only root's PATH leads.
        start.Environment["PATH"] += ":/usr/sbin:/sbin";
        start.FileName =
            start.Environment["PATH"]!
                .Split(':')
                .Select(folder => Path.Combine(folder, program))
                .FirstOrDefault(File.Exists)
            ?? program;
        using var process = Process.Start(start)!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
        }
    }

    /// <summary>Sizes as recorded from Nova: 8 OpenStack versions, 2 EC2 versions, 2 KB of user data, two contents.</summary>
    static IEnumerable<(string Path, byte[] Bytes)> NovaFiles()
    {
        string[] versions =
        [
            "2012-08-10",
            "2013-04-04",
            "2013-10-17",
            "2015-10-15",
            "2016-06-30",
            "2016-10-06",
            "2017-02-22",
            "2018-08-27",
            "2020-10-14",
            "latest",
        ];
        foreach (var version in versions)
        {
            yield return ($"openstack/{version}/meta_data.json", Filler(2100));
            yield return ($"openstack/{version}/user_data", Filler(2000));
            yield return ($"openstack/{version}/vendor_data.json", Filler(300));
            yield return ($"openstack/{version}/vendor_data2.json", Filler(30));
            yield return ($"openstack/{version}/network_data.json", Filler(1200));
        }
        foreach (var version in (string[])["2009-04-04", "latest"])
        {
            yield return ($"ec2/{version}/user-data", Filler(2000));
            yield return ($"ec2/{version}/meta-data.json", Filler(900));
        }
        yield return ("openstack/content/0000", Filler(700));
        yield return ("openstack/content/0001", Filler(10_000));
    }

    static byte[] Filler(int length) => Encoding.ASCII.GetBytes(new string('x', length));

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
