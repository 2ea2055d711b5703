using System.Text;
using CsCheck;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Documents.Tests;

/// <summary>Whatever an instance holds, its documents are what Python would have written.</summary>
public sealed class DocumentFormTests
{
    static readonly Gen<string> Texts = Gen.OneOf(
        Gen.String,
        Gen.String[Gen.Char['\0', '\u00ff'], 0, 20],
        Gen.String[Gen.Char['\ud7f0', '\ue00f'], 0, 8],
        Gen.OneOf("", "\"", "\\", "</script>", "😀", "\u2028", "null")
    );

    static readonly Gen<string?> Nullables = Gen.Select(Gen.Bool, Texts, (isNull, text) => isNull ? null : text);

    static readonly Gen<Instance> Instances = Gen.Select(
            Texts.Array[6],
            Nullables.Array[12],
            Gen.Select(Texts, Texts).Array[0, 6],
            Gen.Long,
            Gen.Int.Array[0, 5],
            Gen.Bool
        )
        .Select(
            (texts, nullables, metadata, number, cpus, flag) =>
                new Instance
                {
                    Uuid = texts[0],
                    Hostname = texts[1],
                    KeyName = texts[2],
                    KeyPair = new(texts[3], "ssh", texts[4]),
                    KeyData = nullables[0],
                    ProjectId = nullables[1],
                    DisplayName = nullables[2],
                    AvailabilityZone = nullables[3],
                    ReservationId = nullables[4],
                    LaunchIndex = flag ? number : null,
                    FlavorName = texts[5],
                    Metadata =
                    [
                        .. metadata
                            .DistinctBy(item => item.Item1)
                            .Select(item => new MetadataItem(item.Item1, item.Item2)),
                    ],
                    Ec2Ids = new(Math.Abs(number / 2), null, 1, null),
                    RootDeviceName = nullables[5],
                    SecurityGroups = [.. texts],
                    DedicatedCpus = [.. cpus],
                    Devices =
                    [
                        new NetworkInterfaceTag(nullables[6], cpus.Length, flag) { Tags = [.. texts] },
                        new DiskTag(nullables[7], new(flag, nullables[8])) { Bus = new("pci", nullables[9]) },
                        new ShareTag(nullables[10], nullables[11]),
                    ],
                    NetworkInterfaces =
                    [
                        new()
                        {
                            Id = nullables[6],
                            MacAddress = nullables[7],
                            Type = nullables[8],
                            DeviceName = nullables[9],
                            Network = new()
                            {
                                Id = nullables[10],
                                MtuText = nullables[11],
                                Subnets =
                                [
                                    Fixtures.Subnet(4, "10.0.0.0/24", texts[0]) with
                                    {
                                        Gateway = nullables[0],
                                        DnsServers = [.. texts],
                                        Ipv6AddressMode = nullables[1],
                                        Routes = [new("10.0.0.0/8", nullables[2])],
                                    },
                                ],
                            },
                        },
                    ],
                }
        );

    [Fact]
    public void Every_JSON_document_is_as_Python_writes_it()
    {
        Assert.SkipUnless(Python.IsThere, "There is no /usr/bin/python3 to ask.");
        var documents = Instances.Array[300].Single().SelectMany(DocumentsOf).ToArray();
        Assert.Equal(documents.Select(Encoding.ASCII.GetString), Python.RewriteJson(documents));
    }

    static IEnumerable<byte[]> DocumentsOf(Instance instance)
    {
        var guest = new Guest(instance);
        yield return guest.Ask("/openstack/latest/meta_data.json").Bytes;
        yield return guest.Ask("/openstack/latest/network_data.json").Bytes;
        var renderer = new DocumentRenderer(new(), TimeProvider.System);
        var content = new ConfigDriveContent { AdminPassword = instance.Uuid };
        var context = new RenderContext { VendorData2 = [new(instance.Uuid, "{}"u8.ToArray())] };
        Assert.Equal(Refusal.None, ConfigDriveFiles.Render(renderer, instance, content, context, out var files));
        foreach (
            var file in files.Where(file =>
                file.Path
                    is "ec2/latest/meta-data.json"
                        or "openstack/2018-08-27/meta_data.json"
                        or "openstack/latest/vendor_data2.json"
            )
        )
        {
            yield return file.Content.ToArray();
        }
    }
}
