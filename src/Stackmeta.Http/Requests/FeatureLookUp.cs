using Microsoft.AspNetCore.Http.Features;

namespace Stackmeta.Http;

/// <summary>
/// Features by the type that is their key. <see cref="IFeatureCollection.Get{TFeature}"/> says the same, but a generic method of an
/// interface is looked up at every call in a program that was compiled ahead of time, and each request asks a dozen times.
/// </summary>
public static class FeatureLookUp
{
    /// <summary>A feature; null when it is not there.</summary>
    public static TFeature? Find<TFeature>(this IFeatureCollection features)
        where TFeature : class => (TFeature?)features[typeof(TFeature)];

    /// <summary>A feature that is always there.</summary>
    /// <exception cref="InvalidOperationException">It is not.</exception>
    public static TFeature Require<TFeature>(this IFeatureCollection features)
        where TFeature : class =>
        features.Find<TFeature>() ?? throw new InvalidOperationException($"There is no {typeof(TFeature).Name}.");
}
