namespace Stackmeta.Fuzz;

/// <summary>So many inputs of chance for each target. A failure tells the input in a line that <c>./test fuzz</c> repeats.</summary>
public sealed class FuzzTests
{
    public static TheoryData<string, int> Targets =>
        new()
        {
            { "edge", 150 },
            { "edge-forwarding", 150 },
            { "agent", 150 },
            { "api", 150 },
            { "admin", 30 },
            { "haproxy-file", 3000 },
            { "drop-in-message", 3000 },
            { "broker-message", 10_000 },
            { "ipv6-message", 10_000 },
            { "saved-syn", 10_000 },
            { "oslo-file", 3000 },
            { "settings-file", 300 },
            { "import-document", 200 },
            { "iso-image", 500 },
            { "vfat-image", 300 },
        };

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task No_bytes_are_too_much_for(string target, int inputs)
    {
        var seed = (ulong)Random.Shared.NextInt64();
        var told = new StringWriter();
        Assert.True(await FuzzRun.RunAsync(target, inputs, seed, told), told.ToString());
    }

    [Fact]
    public void All_targets_are_run() =>
        Assert.Equal(FuzzRun.Names.Order(), Targets.Select(static row => row.Data.Item1).Order());
}
