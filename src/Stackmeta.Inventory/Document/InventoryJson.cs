using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Stackmeta.Core.Instances;

namespace Stackmeta.Inventory;

/// <summary>The JSON form of entries, in documents as in the store's columns.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    Converters = [typeof(MetadataItemsConverter), typeof(SettableConverter)]
)]
[JsonSerializable(typeof(NetworkEntry))]
[JsonSerializable(typeof(SubnetEntry))]
[JsonSerializable(typeof(RouterEntry))]
[JsonSerializable(typeof(PortEntry))]
[JsonSerializable(typeof(InstanceEntry))]
[JsonSerializable(typeof(ImmutableArray<HostRouteEntry>))]
[JsonSerializable(typeof(ImmutableArray<DeviceEntry>))]
[JsonSerializable(typeof(ImmutableArray<BlockDevice>))]
[JsonSerializable(typeof(ImmutableArray<MetadataItem>))]
[JsonSerializable(typeof(ImmutableArray<int>))]
[JsonSerializable(typeof(ImmutableArray<string>))]
public sealed partial class InventoryJson : JsonSerializerContext;
