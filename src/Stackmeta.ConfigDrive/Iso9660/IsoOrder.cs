namespace Stackmeta.ConfigDrive;

/// <summary>
/// The order of records in a directory (ECMA-119 9.3): by file name, then by extension. A dot that sorts before every
/// other byte gives just that, and the version <c>;1</c> is the same for all and left out.
/// </summary>
sealed class IsoOrder : IComparer<IsoChild>
{
    public static readonly IsoOrder Plain = new(bytesPerCharacter: 1);

    public static readonly IsoOrder Joliet = new(bytesPerCharacter: 2);

    readonly int _bytesPerCharacter;

    IsoOrder(int bytesPerCharacter) => _bytesPerCharacter = bytesPerCharacter;

    public int Compare(IsoChild? x, IsoChild? y)
    {
        var a = Key(x!);
        var b = Key(y!);
        for (var i = 0; i < Math.Min(a.Length, b.Length); i += _bytesPerCharacter)
        {
            var order = Weight(a[i..]) - Weight(b[i..]);
            if (order != 0)
            {
                return order;
            }
        }
        return a.Length - b.Length;
    }

    ReadOnlySpan<byte> Key(IsoChild child) =>
        child.File is not null && _bytesPerCharacter == 1 ? child.Identifier.AsSpan()[..^2] : child.Identifier;

    int Weight(ReadOnlySpan<byte> at)
    {
        var character = _bytesPerCharacter == 1 ? at[0] : (at[0] << 8) | at[1];
        return character == '.' ? -1 : character;
    }
}
