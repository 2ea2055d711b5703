using System.Buffers;

namespace Stackmeta.Documents;

/// <summary>The members of one object that are already written, so that a repeated name can take the place of its first.</summary>
sealed class RewrittenMembers(RewriteBuffer buffer)
{
    readonly List<Range> _places = [];
    readonly Dictionary<string, int> _byName = new(StringComparer.Ordinal);
    readonly int _start = buffer.Length;
    int _begin;
    bool _repeated;

    /// <summary>Before a member is written.</summary>
    public void Begin() => _begin = buffer.Length;

    /// <summary>After a member is written.</summary>
    public void End(string name)
    {
        var place = _begin..buffer.Length;
        if (_byName.TryAdd(name, _places.Count))
        {
            _places.Add(place);
        }
        else
        {
            _places[_byName[name]] = place;
            _repeated = true;
        }
    }

    /// <summary>After the last member: writes them anew if a name was repeated.</summary>
    public void Settle()
    {
        if (!_repeated)
        {
            return;
        }
        var written = buffer.WrittenSpan.ToArray();
        buffer.TakeBack(_start);
        for (var i = 0; i < _places.Count; i++)
        {
            buffer.Write(i > 0 ? ", "u8 : ""u8);
            buffer.Write(written.AsSpan(_places[i]));
        }
    }
}
