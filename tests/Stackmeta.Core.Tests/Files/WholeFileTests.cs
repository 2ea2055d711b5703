using Stackmeta.Core.Files;

namespace Stackmeta.Core.Tests;

/// <summary>The way for file systems that know no files without names; the other is tested by who uses it.</summary>
public sealed class WholeFileTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("stackmeta-whole-file-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    string this[string name] => Path.Combine(_folder, name);

    Task WriteBesideAsync(Func<FileStream, Task> fill, UnixFileMode mode = WholeFile.Private) =>
        WholeFile.WriteBesideAsync(
            this["target"],
            (file, _) => fill(file),
            mode,
            TestContext.Current.CancellationToken
        );

    [Fact]
    public async Task A_file_beside_the_target_has_a_mode_of_its_owner_alone_and_is_gone_at_the_end()
    {
        await File.WriteAllTextAsync(this["target"], "old", TestContext.Current.CancellationToken);
        UnixFileMode? during = null;
        await WriteBesideAsync(async file =>
        {
            during = File.GetUnixFileMode(Assert.Single(Directory.GetFiles(_folder, ".target.*")));
            await file.WriteAsync("new"u8.ToArray());
        });
        Assert.Equal(WholeFile.Private, during);
        Assert.Equal([this["target"]], Directory.GetFileSystemEntries(_folder));
        Assert.Equal("new", File.ReadAllText(this["target"]));
    }

    [Fact]
    public async Task A_failure_beside_the_target_leaves_the_older_file_and_nothing_else()
    {
        await File.WriteAllTextAsync(this["target"], "old", TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<IOException>(() =>
            WriteBesideAsync(_ => throw new IOException("The source is gone."))
        );
        Assert.Equal("old", File.ReadAllText(this["target"]));
        Assert.Equal([this["target"]], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task Others_read_a_file_only_when_it_is_whole()
    {
        const UnixFileMode everybody = WholeFile.Private | UnixFileMode.OtherRead;
        UnixFileMode? during = null;
        await WriteBesideAsync(
            file =>
            {
                during = File.GetUnixFileMode(file.SafeFileHandle);
                return Task.CompletedTask;
            },
            everybody
        );
        Assert.Equal((WholeFile.Private, everybody), (during, File.GetUnixFileMode(this["target"])));
    }
}
