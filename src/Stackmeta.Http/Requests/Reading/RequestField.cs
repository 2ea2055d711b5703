namespace Stackmeta.Http;

/// <summary>A line of a head, by its place in the head's bytes.</summary>
/// <param name="Kind">What it says of the request.</param>
/// <param name="Start">Of the name.</param>
/// <param name="Colon">Bytes of the name.</param>
/// <param name="Length">Bytes of the line without its line end.</param>
readonly record struct RequestField(FieldKind Kind, int Start, int Colon, int Length)
{
    public ReadOnlySpan<byte> LineOf(ReadOnlySpan<byte> head) => head.Slice(Start, Length);

    public ReadOnlySpan<byte> ValueOf(ReadOnlySpan<byte> head) => RequestSyntax.Trim(LineOf(head)[(Colon + 1)..]);
}

/// <summary>The fields that say how a request is to be read.</summary>
enum FieldKind
{
    Other,
    Host,
    Expect,
    Upgrade,
    Connection,
    ContentLength,
    TransferEncoding,
}
