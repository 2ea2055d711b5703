using System.Collections.Immutable;
using System.Text;

namespace Stackmeta.Fuzz;

/// <summary>Something that takes foreign bytes.</summary>
abstract class FuzzTarget : IAsyncDisposable
{
    /// <summary>What inputs are made of.</summary>
    public abstract ImmutableArray<byte[]> Samples { get; }

    /// <summary>What is put between.</summary>
    public abstract ImmutableArray<byte[]> Words { get; }

    /// <summary>At most so many samples one after another.</summary>
    public virtual int MostSamples => 1;

    /// <summary>Tries an input.</summary>
    /// <param name="input">Any bytes.</param>
    /// <param name="chance">For what else may be of chance.</param>
    /// <returns>What is wrong; null if nothing is.</returns>
    public abstract ValueTask<string?> TryAsync(byte[] input, Random chance);

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return CloseAsync();
    }

    /// <summary>Ends what was started.</summary>
    protected virtual ValueTask CloseAsync() => default;

    protected static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);
}
