using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Documents;

/// <summary>The EC2 tree as the one JSON object of a config drive (spec/nova-metadata.md §9.1).</summary>
static class Ec2Json
{
    /// <summary>Writes the object. A value that cannot be had refuses it whole.</summary>
    public static Refusal Render(Instance instance, int version, in Ec2Scope scope, IBufferWriter<byte> output)
    {
        var entries = ImmutableArray.CreateBuilder<Ec2Entry>();
        foreach (var key in Ec2Keys.All)
        {
            if (key.Since > version)
            {
                continue;
            }
            var value = key.Read(instance, scope);
            if (value.Kind == Ec2ValueKind.Refused)
            {
                return value.Refusal;
            }
            if (value.Kind != Ec2ValueKind.Absent)
            {
                entries.Add(new(key.Name, value));
            }
        }
        var json = new PythonJsonWriter(output);
        Write(ref json, Ec2Value.OfDirectory(entries.DrainToImmutable()));
        json.Flush();
        return Refusal.None;
    }

    static void Write(ref PythonJsonWriter json, in Ec2Value value)
    {
        switch (value.Kind)
        {
            case Ec2ValueKind.Text:
                json.Text(value.Text, value.Suffix ?? "");
                break;
            case Ec2ValueKind.Number:
                json.Number(value.Number);
                break;
            case Ec2ValueKind.Id:
                json.Text(value.Text, value.Number.ToString("x8", CultureInfo.InvariantCulture));
                break;
            case Ec2ValueKind.Names:
                json.BeginArray();
                foreach (var name in value.Names)
                {
                    json.Text(name);
                }
                json.EndArray();
                break;
            case Ec2ValueKind.Directory:
                // With the title of public-keys/0, which Nova means to leave out and does not.
                json.BeginObject();
                foreach (var entry in value.Entries)
                {
                    json.Name(entry.Name);
                    Write(ref json, entry.Value);
                }
                json.EndObject();
                break;
            default:
                json.Null();
                break;
        }
    }
}
