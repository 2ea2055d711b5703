using System.Buffers;

namespace Stackmeta.Metadata;

/// <summary>Writes documents of an instance as Nova does, byte for byte. Pure but for the injected clock and random bytes.</summary>
public sealed class DocumentRenderer(DocumentOptions options, TimeProvider time)
{
    /// <summary>Writes a document.</summary>
    /// <param name="document">What <see cref="MetadataDocument.Resolve"/> found; any kind but <see cref="DocumentKind.None"/> and a password's POST.</param>
    /// <param name="instance">Whose; null only for <see cref="DocumentKind.Root"/>.</param>
    /// <param name="context">What the instance record does not hold.</param>
    /// <param name="output">Where the bytes go; nothing is written when refused.</param>
    /// <param name="contentType">The Content-Type of the answer.</param>
    public Refusal Render(
        in MetadataDocument document,
        Instance? instance,
        in RenderContext context,
        IBufferWriter<byte> output,
        out string contentType
    ) => throw new NotSupportedException(nameof(options) + options + time);
}
