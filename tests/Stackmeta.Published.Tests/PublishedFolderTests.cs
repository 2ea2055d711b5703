using System.Diagnostics;

namespace Stackmeta.Published.Tests;

public sealed class PublishedFolderTests
{
    /// <summary>Every file that is shipped and how many MiB it may have: its size when it was last looked at, and a tenth more.</summary>
    public static IReadOnlyDictionary<string, double> Most { get; } =
        new Dictionary<string, double> { ["stackmeta"] = 29, ["libe_sqlite3.so"] = 1.6 };

    public static TheoryData<string> Files => [.. Most.Keys];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_is_no_larger_than_the_table_says(string name)
    {
        var mebibytes = new FileInfo(Path.Combine(PublishedFolder.Path, name)).Length / 1024.0 / 1024.0;
        Assert.InRange(mebibytes, Most[name] / 2, Most[name]);
    }

    [Fact]
    public void Nothing_else_is_shipped() =>
        Assert.Equal(
            Most.Keys.Order(),
            Directory.EnumerateFileSystemEntries(PublishedFolder.Path).Select(entry => Path.GetFileName(entry)).Order()
        );

    [Fact]
    public async Task The_folder_can_be_copied_and_needs_no_framework()
    {
        var copy = Directory.CreateTempSubdirectory("stackmeta-copy-").FullName;
        try
        {
            foreach (var file in Directory.EnumerateFiles(PublishedFolder.Path))
            {
                File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
            }
            var start = new ProcessStartInfo(
                Path.Combine(copy, "stackmeta"),
                ["network", "create", "lab", "--data", Path.Combine(copy, "data")]
            )
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = "/",
            };
            start.Environment.Clear();
            using var process = Process.Start(start)!;
            var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(process.ExitCode == 0, error);
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }
}
