using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Stackmeta.Http;

/// <summary>A plain question as the application sees it. Used for one after another; clients repeat their headers, which are then read once.</summary>
/// <param name="longestTarget">Bytes of a request line; a longer one is not plain.</param>
/// <param name="longestFields">Bytes of all fields; more are not plain.</param>
sealed class PlainRequest(int longestTarget, int longestFields) : IHttpRequestFeature, IHttpRequestBodyDetectionFeature
{
    readonly HeaderList _headers = new() { IsReadOnly = true };

    /// <summary>What <see cref="_headers"/> was read from; nothing when it was not plain.</summary>
    byte[] _fields = new byte[512];
    int _fieldsLength;
    bool _closes;

    string _target = "";
    string? _path;

    /// <summary>Whether the caller asks for no more on this connection.</summary>
    public bool Closes => _closes;

    public string RawTarget
    {
        get => _target;
        set => throw new NotSupportedException();
    }

    /// <summary>Without escapes and dot segments, a plain target's path is what it is.</summary>
    public string Path
    {
        get => _path ??= _target.IndexOf('?') is >= 0 and var query ? _target[..query] : _target;
        set => throw new NotSupportedException();
    }

    public string QueryString
    {
        get => _target.IndexOf('?') is >= 0 and var query ? _target[query..] : "";
        set => throw new NotSupportedException();
    }

    public string PathBase
    {
        get => "";
        set => throw new NotSupportedException();
    }

    public string Protocol
    {
        get => HttpProtocol.Http11;
        set => throw new NotSupportedException();
    }

    public string Scheme
    {
        get => "http";
        set => throw new NotSupportedException();
    }

    public string Method
    {
        get => HttpMethods.Get;
        set => throw new NotSupportedException();
    }

    public IHeaderDictionary Headers
    {
        get => _headers;
        set => throw new NotSupportedException();
    }

    public Stream Body
    {
        get => Stream.Null;
        set => throw new NotSupportedException();
    }

    public bool CanHaveBody => false;

    /// <summary>Takes over what was received, if it is a plain question.</summary>
    public bool TryTake(ReadOnlySpan<byte> received)
    {
        if (
            !PlainHead.TryDivide(received, out var target, out var fields)
            || fields.IsEmpty
            || target.Length > longestTarget
            || fields.Length > longestFields
        )
        {
            return false;
        }
        if (!fields.SequenceEqual(_fields.AsSpan(0, _fieldsLength)) && !TryReadFields(fields))
        {
            return false;
        }
        _target = Encoding.ASCII.GetString(target);
        _path = null;
        return true;
    }

    bool TryReadFields(ReadOnlySpan<byte> fields)
    {
        _headers.Reset();
        _fieldsLength = 0;
        if (!PlainHead.TryReadFields(fields, _headers, out _closes))
        {
            return false;
        }
        if (fields.Length > _fields.Length)
        {
            _fields = new byte[fields.Length];
        }
        fields.CopyTo(_fields);
        _fieldsLength = fields.Length;
        return true;
    }
}
