using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Stackmeta.Http;

/// <summary>A plain question as the application sees it. Used for one after another; clients repeat their headers, which are then read once.</summary>
/// <param name="longestTarget">Bytes of a request line; a longer one is not plain.</param>
/// <param name="longestFields">Bytes of all fields; more are not plain.</param>
sealed class PlainRequest(int longestTarget, int longestFields) : IHttpRequestFeature, IHttpRequestBodyDetectionFeature
{
    readonly HeaderList _headers = new();

    /// <summary>What <see cref="_headers"/> was read from; nothing when it was not plain.</summary>
    byte[] _fields = new byte[512];
    int _fieldsLength;
    bool _closes;

    string _target = "";
    string? _path;

    /// <summary>What the application has put in place of what was received; nearly never anything.</summary>
    Changes? _changes;

    /// <summary>Whether the caller asks for no more on this connection.</summary>
    public bool Closes => _closes;

    public string RawTarget
    {
        get => _changes?.RawTarget ?? _target;
        set => Change.RawTarget = value;
    }

    /// <summary>Without escapes and dot segments, a plain target's path is what it is.</summary>
    public string Path
    {
        get => _changes?.Path ?? (_path ??= _target.IndexOf('?') is >= 0 and var query ? _target[..query] : _target);
        set => Change.Path = value;
    }

    public string QueryString
    {
        get => _changes?.QueryString ?? (_target.IndexOf('?') is >= 0 and var query ? _target[query..] : "");
        set => Change.QueryString = value;
    }

    public string PathBase
    {
        get => _changes?.PathBase ?? "";
        set => Change.PathBase = value;
    }

    public string Protocol
    {
        get => _changes?.Protocol ?? HttpProtocol.Http11;
        set => Change.Protocol = value;
    }

    public string Scheme
    {
        get => _changes?.Scheme ?? "http";
        set => Change.Scheme = value;
    }

    public string Method
    {
        get => _changes?.Method ?? HttpMethods.Get;
        set => Change.Method = value;
    }

    public IHeaderDictionary Headers
    {
        get => _changes?.Headers ?? _headers;
        set => Change.Headers = value;
    }

    public Stream Body
    {
        get => _changes?.Body ?? Stream.Null;
        set => Change.Body = value;
    }

    public bool CanHaveBody => false;

    Changes Change => _changes ??= new();

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
        if ((_headers.IsChanged || !fields.SequenceEqual(_fields.AsSpan(0, _fieldsLength))) && !TryReadFields(fields))
        {
            return false;
        }
        _target = Encoding.ASCII.GetString(target);
        (_path, _changes) = (null, null);
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

    sealed class Changes
    {
        public string? RawTarget { get; set; }
        public string? Path { get; set; }
        public string? QueryString { get; set; }
        public string? PathBase { get; set; }
        public string? Protocol { get; set; }
        public string? Scheme { get; set; }
        public string? Method { get; set; }
        public IHeaderDictionary? Headers { get; set; }
        public Stream? Body { get; set; }
    }
}
