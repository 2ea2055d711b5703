using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Stackmeta.Http;

/// <summary>
/// Writes a head that was read as the one that Kestrel reads: the same, without the fields that only concern how the body came (it is at
/// hand, with its length), and without what Kestrel would refuse and the reference's server takes.
/// </summary>
static class RequestHeadWriter
{
    /// <param name="parser">Has read the head.</param>
    /// <param name="head">Its bytes.</param>
    /// <param name="bodyLength">Null where a request has no body, which is something else than one of no bytes.</param>
    /// <param name="to">Gets the head.</param>
    /// <returns>Whether it says another version of HTTP than the client did.</returns>
    public static bool Write(
        RequestHeadParser parser,
        ReadOnlySpan<byte> head,
        long? bodyLength,
        IBufferWriter<byte> to
    )
    {
        var method = head[parser.Method];
        var target = head[parser.Target];
        // POST or PUT of HTTP/1.0 without a length has no body (RFC 9112 §6.3, 7th rule); Kestrel refuses it.
        var isNewer = parser.IsHttp10 && bodyLength is null && CarriesBody(method);
        to.Write(method);
        to.Write(" "u8);
        WriteTarget(target, to);
        to.Write(parser.IsHttp10 && !isNewer ? " HTTP/1.0\r\n"u8 : " HTTP/1.1\r\n"u8);
        foreach (var field in parser.Fields)
        {
            switch (field.Kind)
            {
                case FieldKind.ContentLength or FieldKind.TransferEncoding or FieldKind.Expect or FieldKind.Upgrade:
                    break;
                case FieldKind.Connection:
                    WriteConnection(field.ValueOf(head), to);
                    break;
                default:
                    to.Write(field.LineOf(head));
                    to.Write("\r\n"u8);
                    break;
            }
        }
        if (isNewer && !parser.HasHost)
        {
            to.Write("Host: \r\n"u8);
        }
        if (bodyLength is { } length)
        {
            to.Write("Content-Length: "u8);
            Utf8Formatter.TryFormat(length, to.GetSpan(20), out var count);
            to.Advance(count);
            to.Write("\r\n"u8);
        }
        to.Write("\r\n"u8);
        return isNewer;
    }

    /// <summary>
    /// Whether a method has a body that anybody reads (RFC 9110 §9.3). A body that comes with another one is read and dropped: who is sent
    /// it and ignores it would take it for the next request.
    /// </summary>
    public static bool CarriesBody(ReadOnlySpan<byte> method) =>
        method.SequenceEqual("POST"u8) || method.SequenceEqual("PUT"u8) || method.SequenceEqual("PATCH"u8);

    /// <summary>Whether a target is written otherwise than it came.</summary>
    public static bool IsRespelt(ReadOnlySpan<byte> target) => PathOf(target).IndexOf("%00"u8) >= 0;

    /// <summary>
    /// An encoded NUL in the path names nothing, and Kestrel refuses it. Nova's server takes any escape without hexadecimal digits for one
    /// (<c>TargetReading</c> in Stackmeta.Documents), so that another spelling of it says the same.
    /// </summary>
    static void WriteTarget(ReadOnlySpan<byte> target, IBufferWriter<byte> to)
    {
        var path = PathOf(target);
        for (var at = path.IndexOf("%00"u8); at >= 0; at = path.IndexOf("%00"u8))
        {
            to.Write(path[..(at + 2)]);
            to.Write("_"u8);
            path = path[(at + 3)..];
        }
        to.Write(path);
        to.Write(target[PathOf(target).Length..]);
    }

    static ReadOnlySpan<byte> PathOf(ReadOnlySpan<byte> target) =>
        target.IndexOf((byte)'?') is >= 0 and var query ? target[..query] : target;

    /// <summary>No protocol is switched to, so that nobody need know that one was offered (RFC 9110 §7.8).</summary>
    static void WriteConnection(ReadOnlySpan<byte> value, IBufferWriter<byte> to)
    {
        var isFirst = true;
        foreach (var range in value.Split((byte)','))
        {
            var option = RequestSyntax.Trim(value[range]);
            if (option.IsEmpty || Ascii.EqualsIgnoreCase(option, "upgrade"u8))
            {
                continue;
            }
            to.Write(isFirst ? "Connection: "u8 : ", "u8);
            to.Write(option);
            isFirst = false;
        }
        if (!isFirst)
        {
            to.Write("\r\n"u8);
        }
    }
}
