using System.Buffers;

namespace Stackmeta.Documents;

/// <summary>
/// JSON as Python's <c>json</c> module reads and writes it, which is how Nova serves vendor data (spec/nova-metadata.md §1.8, §5.2).
/// </summary>
public static class PythonJson
{
    /// <summary>
    /// Writes any JSON text in the form that <c>json.dumps(json.loads(text))</c> gives: of a repeated key the last value at the
    /// first place, numbers as Python prints them, <c>NaN</c> and <c>Infinity</c> where Python has them, halves of surrogate pairs
    /// kept.
    /// </summary>
    /// <param name="json">UTF-8 without a byte order mark.</param>
    /// <param name="output">Where the bytes go; nothing is written when the text is refused.</param>
    /// <returns>False for what Python does not read either: no UTF-8, no JSON, an integer of more than 4,300 digits, or nesting
    /// beyond Python's stack.</returns>
    public static bool TryRewrite(ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        var rewriter = new PythonJsonRewriter(json);
        if (!rewriter.TryRewrite())
        {
            return false;
        }
        output.Write(rewriter.Written);
        return true;
    }
}
