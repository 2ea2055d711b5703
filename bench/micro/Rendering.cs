using System.Buffers;
using BenchmarkDotNet.Attributes;
using Stackmeta.Documents;

namespace Stackmeta.Bench.Micro;

/// <summary>From a record to the bytes of a document, the path included.</summary>
[MemoryDiagnoser]
public class Rendering
{
    readonly DocumentRenderer _renderer = new(new(), TimeProvider.System);
    readonly ArrayBufferWriter<byte> _output = new(64 * 1024);

    [Params(
        "/openstack/latest/meta_data.json",
        "/openstack/latest/network_data.json",
        "/openstack/latest/user_data",
        "/latest/meta-data/",
        "/latest/meta-data/instance-id"
    )]
    public string Target { get; set; } = "";

    [Benchmark]
    public int Render()
    {
        _output.ResetWrittenCount();
        _ = MetadataDocument.Resolve(Target, out var document);
        _ = _renderer.Render(document, SampleInstance.Record, default, _output, out _);
        return _output.WrittenCount;
    }
}
