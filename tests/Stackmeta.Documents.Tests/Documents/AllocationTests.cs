using System.Buffers;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Documents.Tests;

/// <summary>A warm request costs no memory beyond the answer's own buffer.</summary>
public sealed class AllocationTests
{
    [Theory]
    [InlineData("/openstack/latest/meta_data.json")]
    [InlineData("/openstack/latest/user_data")]
    [InlineData("/openstack//latest/./%75ser_data/")]
    [InlineData("/openstack/latest")]
    [InlineData("/openstack")]
    [InlineData("/latest/meta-data/instance-id")]
    [InlineData("/latest/meta-data/hostname")]
    [InlineData("/latest/meta-data/security-groups")]
    [InlineData("/latest/user-data")]
    [InlineData("/")]
    public void A_document_is_found_and_rendered_without_garbage(string target)
    {
        var renderer = new DocumentRenderer(new(), TimeProvider.System);
        var instance = RecordedInstances.All["standard"];
        var output = new ArrayBufferWriter<byte>(64 * 1024);
        Assert.Equal(0, Measure());

        long Measure()
        {
            // The first rounds pay for what is made once.
            var allocated = 0L;
            for (var round = 0; round < 50; round++)
            {
                output.ResetWrittenCount();
                var before = GC.GetAllocatedBytesForCurrentThread();
                MetadataDocument.Resolve(target, out var document);
                var refusal = renderer.Render(document, instance, default, output, out _);
                allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                Assert.Equal(Refusal.None, refusal);
            }
            return allocated;
        }
    }
}
