namespace Stackmeta.Hostile.Tests;

/// <summary>All attacks that make sense in a world, one after the other, on the same running programs.</summary>
public sealed class UpTests(UpWorld world) : IClassFixture<UpWorld>
{
    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(KnownAttacks.In), Kinds.Up, MemberType = typeof(KnownAttacks))]
    public Task Neighbours_miss_nothing_and_the_attacker_gets_nothing(string attack) => Proof.OfAsync(world, attack);
}

/// <inheritdoc cref="UpTests"/>
public sealed class TwoHalvesTests(TwoHalvesWorld world) : IClassFixture<TwoHalvesWorld>
{
    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(KnownAttacks.In), Kinds.TwoHalves, MemberType = typeof(KnownAttacks))]
    public Task Neighbours_miss_nothing_and_the_attacker_gets_nothing(string attack) => Proof.OfAsync(world, attack);
}

/// <inheritdoc cref="UpTests"/>
public sealed class ThreeProcessesTests(ThreeProcessesWorld world) : IClassFixture<ThreeProcessesWorld>
{
    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(KnownAttacks.In), Kinds.ThreeProcesses, MemberType = typeof(KnownAttacks))]
    public Task Neighbours_miss_nothing_and_the_attacker_gets_nothing(string attack) => Proof.OfAsync(world, attack);
}

/// <inheritdoc cref="UpTests"/>
public sealed class HaproxyTests(HaproxyWorld world) : IClassFixture<HaproxyWorld>
{
    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(KnownAttacks.In), Kinds.Haproxy, MemberType = typeof(KnownAttacks))]
    public Task Neighbours_miss_nothing_and_the_attacker_gets_nothing(string attack) => Proof.OfAsync(world, attack);
}

/// <inheritdoc cref="UpTests"/>
public sealed class RouterTests(RouterWorld world) : IClassFixture<RouterWorld>
{
    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(KnownAttacks.In), Kinds.Router, MemberType = typeof(KnownAttacks))]
    public Task Neighbours_miss_nothing_and_the_attacker_gets_nothing(string attack) => Proof.OfAsync(world, attack);
}

/// <inheritdoc cref="UpTests"/>
public sealed class DropInTests(DropInWorld world) : IClassFixture<DropInWorld>
{
    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(KnownAttacks.In), Kinds.DropIn, MemberType = typeof(KnownAttacks))]
    public Task Neighbours_miss_nothing_and_the_attacker_gets_nothing(string attack) => Proof.OfAsync(world, attack);
}

/// <inheritdoc cref="UpTests"/>
public sealed class StockAgentTests(StockAgentWorld world) : IClassFixture<StockAgentWorld>
{
    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(KnownAttacks.In), Kinds.StockAgent, MemberType = typeof(KnownAttacks))]
    public Task Neighbours_miss_nothing_and_the_attacker_gets_nothing(string attack) => Proof.OfAsync(world, attack);
}
