namespace Stackmeta.ConfigDrive;

/// <summary>Puts a long name together from its pieces, which come last first in front of their 8.3 entry.</summary>
sealed class VfatLongName
{
    const int MostPieces = 20;

    readonly char[] _units = new char[MostPieces * VfatEntries.UnitsPerPiece];

    // The number of the piece that came last; 1 means complete, 0 that there is no name.
    int _piece;
    int _length;
    byte _checksum;

    public void Forget() => _piece = 0;

    /// <summary>A piece that does not follow the one before makes the name be forgotten, as Windows and Linux do.</summary>
    public void Take(ReadOnlySpan<byte> entry)
    {
        var number = entry[0] & ~VfatEntries.LastPiece;
        var isLast = (entry[0] & VfatEntries.LastPiece) != 0;
        if (number is < 1 or > MostPieces || (!isLast && (number != _piece - 1 || entry[13] != _checksum)))
        {
            Forget();
            return;
        }
        if (isLast)
        {
            _length = number * VfatEntries.UnitsPerPiece;
            _checksum = entry[13];
        }
        _piece = number;
        VfatEntries.ReadUnits(entry, _units.AsSpan((number - 1) * VfatEntries.UnitsPerPiece));
    }

    /// <summary>The long name of an 8.3 entry, or null if the pieces are not complete or belong to another entry.</summary>
    public string? For(ReadOnlySpan<byte> entry)
    {
        if (_piece != 1 || VfatEntries.Checksum(entry[..11]) != _checksum)
        {
            return null;
        }
        var name = _units.AsSpan(0, _length);
        var end = name.IndexOf('\0');
        // Half a surrogate pair cannot be printed; it becomes the replacement character.
        return string.Concat(new string(end < 0 ? name : name[..end]).EnumerateRunes());
    }
}
