using BenchmarkDotNet.Attributes;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Bench.Micro;

/// <summary>The proof between agent and API.</summary>
[MemoryDiagnoser]
public class Signing
{
    readonly InstanceSignature _signature = new("a shared secret of usual length"u8);
    string _sent = "";

    [GlobalSetup]
    public void Sign() => _sent = _signature.Sign(SampleInstance.Id);

    [Benchmark]
    public string SignId() => _signature.Sign(SampleInstance.Id);

    [Benchmark]
    public bool CheckSignature() => _signature.IsValid(SampleInstance.Id, _sent);

    [GlobalCleanup]
    public void CleanUp() => _signature.Dispose();
}
