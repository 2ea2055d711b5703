using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Stackmeta.Core.Lookups;

namespace Stackmeta.Core.Tests.Lookups;

/// <summary>Takes all descriptors of the process away for a moment.</summary>
[CollectionDefinition(nameof(WithoutDescriptors), DisableParallelization = true)]
public sealed class WithoutDescriptors;

[Collection(nameof(WithoutDescriptors))]
public sealed partial class FileLookupTests : IDisposable
{
    readonly string _directory = Directory.CreateTempSubdirectory("lookup").FullName;

    [Fact]
    public void What_is_there_is_found()
    {
        var file = Path.Combine(_directory, "file");
        File.WriteAllText(file, "text");
        Assert.True(FileLookup.Exists(file));
        Assert.True(FileLookup.Exists(_directory));
        Assert.True(FileLookup.ReadText(file).IsFound(out var text));
        Assert.Equal("text", text);
        Assert.True(FileLookup.Files(_directory).IsFound(out var files));
        Assert.Equal([file], files);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("none/below")]
    [InlineData("file/below")]
    public void What_is_not_there_is_absent(string name)
    {
        File.WriteAllText(Path.Combine(_directory, "file"), "");
        var path = Path.Combine(_directory, name);
        Assert.True(FileLookup.Find(path).IsAbsent);
        Assert.True(FileLookup.ReadText(path).IsAbsent);
        Assert.True(FileLookup.ReadBytes(path).IsAbsent);
        Assert.True(FileLookup.Files(path).IsAbsent);
        Assert.True(FileLookup.Directories(path).IsAbsent);
        Assert.False(FileLookup.Exists(path));
    }

    [Fact]
    public void What_the_kernel_will_not_look_at_is_unknown()
    {
        // A name that is too long, a link that leads to itself: the framework's own answer is that there is no such file.
        var circle = Path.Combine(_directory, "circle");
        File.CreateSymbolicLink(circle, circle);
        foreach (var path in new[] { Path.Combine(_directory, new string('x', 300)), Path.Combine(circle, "below") })
        {
            Assert.False(File.Exists(path));
            Assert.True(FileLookup.Find(path).IsUnknown, path);
            Assert.True(FileLookup.ReadText(path).IsUnknown, path);
            Assert.NotEmpty(FileLookup.Find(path).Reason!);
            Assert.Throws<LookupException>(() => FileLookup.Exists(path));
        }
    }

    [Fact]
    public void A_process_that_has_ended_while_its_file_was_open_is_absent()
    {
        using var process = Process.Start(new ProcessStartInfo("sleep", "60"))!;
        var path = $"/proc/{process.Id}/stat";
        using var open = File.OpenRead(path);
        process.Kill();
        process.WaitForExit();
        Assert.True(FileLookup.ReadText(path).IsAbsent);
        Assert.True(Lookup.Of(() => open.ReadByte()).IsAbsent);
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(20, true)]
    [InlineData(4, false)] // EINTR
    [InlineData(5, false)] // EIO
    [InlineData(12, false)] // ENOMEM
    [InlineData(13, false)] // EACCES
    [InlineData(23, false)] // ENFILE
    [InlineData(24, false)] // EMFILE
    public void The_error_number_decides(int error, bool isAbsent)
    {
        Assert.Equal(isAbsent, Lookup.Of<int>(() => throw new Win32Exception(error)).IsAbsent);
        Assert.Equal(!isAbsent, Lookup.Of<int>(() => throw new IOException("", error)).IsUnknown);
    }

    [Fact]
    public void Without_descriptors_nothing_is_absent()
    {
        var file = Path.Combine(_directory, "file");
        File.WriteAllText(file, "text");
        // Loaded before nothing can be opened any more.
        _ = (FileLookup.ReadText(file), FileLookup.ReadText(file + "x"), FileLookup.Files(_directory));
        Lookup<string> text;
        Lookup<string[]> files;
        var before = SetLimit(0);
        try
        {
            (text, files) = (FileLookup.ReadText(file), FileLookup.Files(_directory));
        }
        finally
        {
            SetLimit(before);
        }
        Assert.True(text.IsUnknown);
        Assert.True(files.IsUnknown);
        Assert.True(FileLookup.ReadText(file).IsFound(out _));
    }

    [Fact]
    public void What_nobody_has_set_is_unknown_and_says_nothing()
    {
        Assert.True(default(Lookup<int>).IsUnknown);
        Assert.Throws<LookupException>(() => default(Lookup<int>).OrDefault());
        Assert.Equal(0, Lookup.Absent<int>().OrDefault());
        Assert.Equal(7, Lookup.Found(7).OrDefault());
    }

    /// <summary>The soft limit of descriptors (RLIMIT_NOFILE, asm-generic/resource.h) of this process.</summary>
    static ulong SetLimit(ulong soft)
    {
        Span<ulong> limit = stackalloc ulong[2];
        Assert.Equal(0, GetLimit(7, limit));
        var before = limit[0];
        limit[0] = soft;
        Assert.Equal(0, SetLimit(7, limit));
        return before;
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, Span<ulong> limit);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, Span<ulong> limit);

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
