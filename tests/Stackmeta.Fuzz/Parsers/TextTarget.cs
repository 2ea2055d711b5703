using System.Collections.Immutable;
using System.Text;

namespace Stackmeta.Fuzz;

/// <summary>A parser of text: it reads it, or says in its own exception why not.</summary>
abstract class TextTarget : FuzzTarget
{
    public override ImmutableArray<byte[]> Samples =>
        field.IsDefault ? field = [.. Texts.Select(Encoding.UTF8.GetBytes)] : field;

    public override ImmutableArray<byte[]> Words =>
        field.IsDefault ? field = [.. Pieces.Select(Encoding.UTF8.GetBytes), [0xff], [0xed, 0xa0, 0x80], [0]] : field;

    protected abstract IEnumerable<string> Texts { get; }

    protected abstract IEnumerable<string> Pieces { get; }

    /// <summary>Whether it is the exception that tells what is wrong with the text.</summary>
    protected abstract bool IsSaid(Exception exception);

    protected abstract ValueTask ParseAsync(byte[] input);

    public override async ValueTask<string?> TryAsync(byte[] input, Random chance)
    {
        try
        {
            await ParseAsync(input);
            return null;
        }
        catch (Exception e) when (IsSaid(e))
        {
            return null;
        }
    }
}
