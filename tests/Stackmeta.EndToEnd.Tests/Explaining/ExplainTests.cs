namespace Stackmeta.EndToEnd.Tests;

// Each fault is made for real; before each the guest is found healthy, the cure of the fault before proven by it.

public sealed class OneProcessExplainTests(OneProcessWorld world) : IClassFixture<OneProcessWorld>
{
    public static TheoryData<string> Faults => [.. OneProcessFaults.All.Select(fault => fault.Name)];

    [Theory]
    [MemberData(nameof(Faults))]
    public Task Explain_names_it(string name) => world.ProveAsync(OneProcessFaults.All.Single(one => one.Name == name));
}

public sealed class HaproxyExplainTests(HaproxyWorld world) : IClassFixture<HaproxyWorld>
{
    public static TheoryData<string> Faults => [.. HaproxyFaults.All.Select(fault => fault.Name)];

    [Theory]
    [MemberData(nameof(Faults))]
    public Task Explain_names_it(string name) => world.ProveAsync(HaproxyFaults.All.Single(one => one.Name == name));
}

public sealed class ThreeProcessExplainTests(ThreeProcessWorld world) : IClassFixture<ThreeProcessWorld>
{
    public static TheoryData<string> Faults => [.. ThreeProcessFaults.All.Select(fault => fault.Name)];

    [Theory]
    [MemberData(nameof(Faults))]
    public Task Explain_names_it(string name) =>
        world.ProveAsync(ThreeProcessFaults.All.Single(one => one.Name == name));
}

public sealed class RouterExplainTests(RouterWorld world) : IClassFixture<RouterWorld>
{
    public static TheoryData<string> Faults => [.. RouterFaults.All.Select(fault => fault.Name)];

    [Theory]
    [MemberData(nameof(Faults))]
    public Task Explain_names_it(string name) => world.ProveAsync(RouterFaults.All.Single(one => one.Name == name));
}

public sealed class CloudExplainTests(CloudWorld world) : IClassFixture<CloudWorld>
{
    public static TheoryData<string> Faults => [.. CloudFaults.All.Select(fault => fault.Name)];

    [Theory]
    [MemberData(nameof(Faults))]
    public Task Explain_names_it(string name) => world.ProveAsync(CloudFaults.All.Single(one => one.Name == name));
}
