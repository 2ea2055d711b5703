namespace Stackmeta.Tests;

public sealed class StartMemoryTests
{
    /// <summary>As the kernel writes it, with the lines that matter here and some that do not.</summary>
    static string Part(string head, int changed) =>
        $"""
            {head}
            Size:                 96 kB
            Rss:                  64 kB
            Anonymous:           {changed, 4} kB
            VmFlags: rd ex mr mw me sd
            """;

    [Fact]
    public void What_is_as_on_disk_and_stays_so_may_leave_the_memory()
    {
        string[] parts =
        [
            Part("00400000-00418000 r-xp 00018000 fd:00 42                         /opt/stack meta/stackmeta", 0),
            Part("7f000000-7f001000 r--p 00000000 fd:00 43                 /usr/lib/libcrypto.so.3", 0),
        ];
        Assert.Equal(
            [((nint)0x400000, (nint)0x18000), ((nint)0x7f000000, (nint)0x1000)],
            StartMemory.PristineParts(Lines(parts)).ToArray()
        );
    }

    [Theory]
    [InlineData("00400000-00418000 rw-p 00018000 fd:00 42                         /opt/stackmeta", 0)]
    [InlineData("00400000-00418000 -w-p 00018000 fd:00 42                         /opt/stackmeta", 0)]
    [InlineData("00400000-00418000 r--p 00018000 fd:00 42                         /opt/stackmeta", 4)]
    [InlineData("00400000-00418000 r--p 00000000 00:00 0 ", 0)]
    [InlineData("00400000-00418000 r-xp 00000000 00:00 0                          [vdso]", 0)]
    public void What_was_changed_or_may_be_or_is_of_no_file_stays(string head, int changed) =>
        Assert.Empty(StartMemory.PristineParts(Lines(Part(head, changed))));

    [Fact]
    public void A_program_that_has_given_its_pages_back_goes_on()
    {
        StartMemory.GiveBack();
        Assert.NotEmpty(StartMemory.PristineParts(File.ReadLines("/proc/self/smaps")));
    }

    static IEnumerable<string> Lines(params string[] parts) => parts.SelectMany(part => part.Split('\n'));
}
