using BenchmarkDotNet.Attributes;
using Stackmeta.Documents;

namespace Stackmeta.Bench.Micro;

/// <summary>From a request's target to the document that it names: plain ones, and one that uses every trick.</summary>
[MemoryDiagnoser]
public class PathResolution
{
    [Params(
        "/openstack/latest/meta_data.json",
        "/latest/meta-data/instance-id",
        "//openstack/./x/../latest/%6deta_data.json/?a=b"
    )]
    public string Target { get; set; } = "";

    [Benchmark]
    public DocumentKind Resolve()
    {
        _ = MetadataDocument.Resolve(Target, out var document);
        return document.Kind;
    }
}
