using System.Buffers.Binary;
using System.Text;

namespace Stackmeta.Tests;

/// <summary>A message of protocol buffers, read by field numbers alone (protobuf.dev, "Encoding").</summary>
sealed class ProtoMessage
{
    readonly List<(int Field, ulong Number, ReadOnlyMemory<byte> Bytes)> _fields = [];

    public ProtoMessage(ReadOnlyMemory<byte> message)
    {
        while (!message.IsEmpty)
        {
            var key = Varint(ref message);
            var field = (int)(key >> 3);
            switch (key & 7)
            {
                case 0:
                    _fields.Add((field, Varint(ref message), default));
                    break;
                case 1:
                    _fields.Add((field, BinaryPrimitives.ReadUInt64LittleEndian(message.Span), message[..8]));
                    message = message[8..];
                    break;
                case 2:
                    var length = (int)Varint(ref message);
                    _fields.Add((field, 0, message[..length]));
                    message = message[length..];
                    break;
                case 5:
                    _fields.Add((field, BinaryPrimitives.ReadUInt32LittleEndian(message.Span), message[..4]));
                    message = message[4..];
                    break;
                default:
                    throw new InvalidDataException($"wire type {key & 7}");
            }
        }
    }

    /// <summary>The messages of a field.</summary>
    public IEnumerable<ProtoMessage> All(int field) =>
        _fields.Where(one => one.Field == field).Select(static one => new ProtoMessage(one.Bytes));

    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field).Span);

    public string Hex(int field) => Convert.ToHexStringLower(Bytes(field).Span);

    public ulong Number(int field) => _fields.FirstOrDefault(one => one.Field == field).Number;

    public bool Has(int field) => _fields.Exists(one => one.Field == field);

    ReadOnlyMemory<byte> Bytes(int field) => _fields.FirstOrDefault(one => one.Field == field).Bytes;

    static ulong Varint(ref ReadOnlyMemory<byte> message)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var octet = message.Span[0];
            message = message[1..];
            value |= (ulong)(octet & 0x7f) << shift;
            if (octet < 0x80)
            {
                return value;
            }
        }
    }
}
