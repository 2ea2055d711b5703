using Microsoft.Extensions.Primitives;

namespace Stackmeta.Http;

/// <summary>
/// The few headers of a request, in the order in which they came: looked through one by one, which for ten is faster than a table, and used
/// again without being made anew. Names are equal whatever their case; the values of one that came several times are together.
/// </summary>
public sealed class RequestHeaders
{
    KeyValuePair<string, StringValues>[] _headers = new KeyValuePair<string, StringValues>[16];
    int _count;

    /// <summary>A header's values; none when it is not there.</summary>
    public StringValues this[string name] => TryGetValue(name, out var values) ? values : StringValues.Empty;

    /// <summary>All of them.</summary>
    public ReadOnlySpan<KeyValuePair<string, StringValues>> All => _headers.AsSpan(0, _count);

    /// <summary>A header's values.</summary>
    /// <returns>False when it is not there.</returns>
    public bool TryGetValue(string name, out StringValues values)
    {
        if (IndexOf(name) is >= 0 and var at)
        {
            values = _headers[at].Value;
            return true;
        }
        values = default;
        return false;
    }

    /// <summary>Adds what a caller has sent.</summary>
    public void Receive(string name, StringValues values)
    {
        if (IndexOf(name) is >= 0 and var at)
        {
            _headers[at] = new(_headers[at].Key, StringValues.Concat(_headers[at].Value, values));
            return;
        }
        if (_count == _headers.Length)
        {
            Array.Resize(ref _headers, _count * 2);
        }
        _headers[_count++] = new(name, values);
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        Array.Clear(_headers, 0, _count);
        _count = 0;
    }

    int IndexOf(string name)
    {
        for (var i = 0; i < _count; i++)
        {
            var header = _headers[i].Key;
            if (header.Length == name.Length && header.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }
        return -1;
    }
}
