namespace Stackmeta.Tests;

/// <summary>What the last resort says of a fault of the program itself.</summary>
public sealed class FaultPlaceTests
{
    [Fact]
    public async Task It_names_methods_of_the_program_and_nothing_of_the_runtime()
    {
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(FailAsync);
        var place = FaultPlace.Of(fault);
        Assert.StartsWith("FaultPlaceTests.Fail", place, StringComparison.Ordinal);
        Assert.Contains("FaultPlaceTests.FailAsync", place);
        Assert.DoesNotContain("Exception", place);
        Assert.DoesNotContain("words of the runtime", place);
        Assert.DoesNotContain("MoveNext", place);
        Assert.Equal("unknown", FaultPlace.Of(new InvalidOperationException("never thrown")));
    }

    static async Task FailAsync()
    {
        await Task.Yield();
        Fail();
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    static void Fail() => throw new InvalidOperationException("words of the runtime");
}
