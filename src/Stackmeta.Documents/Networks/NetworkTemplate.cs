using System.Buffers;
using System.Collections.Immutable;

namespace Stackmeta.Documents;

/// <summary>
/// What the injected network configuration looks like. Nova lets an operator put a Jinja2 file in the place of the stock
/// template; here that is another implementation of this type.
/// </summary>
public abstract class NetworkTemplate
{
    /// <summary>Debian's <c>/etc/network/interfaces</c>, as Nova's stock template writes it.</summary>
    public static NetworkTemplate Stock { get; } = new StockNetworkTemplate();

    /// <summary>Writes the file.</summary>
    /// <param name="interfaces">At least one.</param>
    /// <param name="output">Where the bytes go.</param>
    public abstract void Render(ImmutableArray<InjectedInterface> interfaces, IBufferWriter<byte> output);
}
